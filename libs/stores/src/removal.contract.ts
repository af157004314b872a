import { GuardedStore } from './guarded-store.js';
import { bytesOf } from './reading.contract.js';
import type { StoreUnderTest } from './store.contract.js';

/** Makes others depend on the data, where a driver knows of such a thing; answers how that ends. */
export type Use<S> = (under: S, url: string) => Promise<() => Promise<void>>;

/** What every driver must do of whose data some is to go. */
export function removalContract<S extends StoreUnderTest>(make: () => Promise<S>, use?: Use<S>): void {
  let under: S;
  let store: GuardedStore;
  let url: string;

  beforeEach(async () => {
    under = await make();
    store = new GuardedStore('under-test', under.driver);
    await store.check();
    const attempt = { imageId: crypto.randomUUID(), uploadId: crypto.randomUUID() };
    ({ url } = await store.put({ attempt, source: oneChunk(), maxSize: 10, hashAlgorithm: 'sha512', mayReplace: async () => false }));
  });
  afterEach(async () => {
    const left = await under.objects();
    await under.dispose();
    expect(left).toEqual([]);
  });

  it('removes data once, and says when there was none', async () => {
    expect(await store.remove(url)).toBe(true);
    expect(await store.remove(url)).toBe(false);
    await expect(store.read(url)).rejects.toMatchObject({ code: 'DataNotFound' });
    await expect(store.size(url)).rejects.toMatchObject({ code: 'DataNotFound' });
  });

  it('lets data go that nobody uses, and changes nothing by being asked', async () => {
    await store.assertRemovable(url);
    expect(await store.size(url)).toBe(10);
    await store.remove(url);
    await store.assertRemovable(url);
  });

  if (use) {
    it('refuses to let data go that others use, whether asked or told, until they do no longer', async () => {
      const end = await use(under, url);
      await expect(store.assertRemovable(url)).rejects.toMatchObject({ code: 'DataInUse' });
      await expect(store.remove(url)).rejects.toMatchObject({ code: 'DataInUse' });
      expect(await store.size(url)).toBe(10);
      await end();
      await store.assertRemovable(url);
      expect(await store.remove(url)).toBe(true);
    });
  }
}

async function* oneChunk(): AsyncGenerator<Buffer> {
  yield bytesOf(10);
}
