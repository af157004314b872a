import { GuardedStore } from './guarded-store.js';
import { bytesOf } from './reading.contract.js';
import type { StoreUnderTest } from './store.contract.js';

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** What every driver must do that takes data, when somebody wants to know what it holds. */
export function listingContract(make: () => Promise<StoreUnderTest>): void {
  let under: StoreUnderTest;
  let store: GuardedStore;

  beforeEach(async () => {
    under = await make();
    store = new GuardedStore('under-test', under.driver);
    await store.check();
  });
  afterEach(async () => {
    for await (const { url } of store.list()) await store.remove(url);
    for await (const { attempt } of store.parts()) await store.discard(attempt, false);
    const left = await under.objects();
    await under.dispose();
    expect(left).toEqual([]);
  });

  const newAttempt = () => ({ imageId: crypto.randomUUID(), uploadId: crypto.randomUUID() });
  async function* source(size: number): AsyncGenerator<Buffer> {
    yield bytesOf(size);
  }
  const put = async (size: number) => {
    const attempt = newAttempt();
    return { ...(await store.put({ attempt, source: source(size), maxSize: 1e6, hashAlgorithm: 'md5', mayReplace: async () => false })), name: attempt.imageId };
  };
  const byName = (a: { readonly name: string }, b: { readonly name: string }) => (a.name < b.name ? -1 : 1);

  it('has nothing to tell where it is empty', async () => {
    expect([await all(store.list()), await all(store.parts())]).toEqual([[], []]);
  });

  it('tells of all that is published: where it is, how much, and since when', async () => {
    const before = Date.now();
    const stored = await Promise.all([0, 1, 5000].map(put));
    const listed = await all(store.list());
    expect(listed.toSorted(byName)).toEqual(stored.map(({ url, size, name }) => ({ url, size, name, modifiedAt: expect.anything() })).toSorted(byName));
    for (const { url, modifiedAt } of listed) {
      expect(store.owns(url)).toBe(true);
      // Some clocks of file systems lag by a tick.
      expect(Math.abs(modifiedAt.getTime() - before)).toBeLessThan(60_000);
    }
  });

  it('tells of what is not published yet apart, by the attempt that it belongs to', async () => {
    const { url } = await put(10);
    const attempts = [newAttempt(), newAttempt()];
    const writers = await Promise.all(attempts.map((attempt) => under.driver.begin(attempt)));
    for (const [i, writer] of writers.entries()) await writer.write(bytesOf(100 + i));
    expect((await all(store.list())).map((one) => one.url)).toEqual([url]);
    const parts = await all(store.parts());
    expect(new Map(parts.map(({ attempt, size }) => [attempt.uploadId, { attempt, size }]))).toEqual(new Map(attempts.map((attempt, i) => [attempt.uploadId, { attempt, size: 100 + i }])));
    for (const { attempt } of parts) await store.discard(attempt, false);
    expect(await all(store.parts())).toEqual([]);
    expect(await store.size(url)).toBe(10);
    for (const writer of writers) await writer.abort();
  });

  it('can be left in the middle, and read while data goes', async () => {
    await Promise.all(Array.from({ length: 200 }, () => put(1)));
    for await (const { url } of store.list()) {
      await store.remove(url);
      break;
    }
    for await (const { url } of store.list()) await store.remove(url);
    expect(await all(store.list())).toEqual([]);
  });
}
