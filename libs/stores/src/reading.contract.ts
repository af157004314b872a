import { GuardedStore } from './guarded-store.js';
import type { StoreDriver } from './store.js';

const MIB = 1024 * 1024;

export interface ReadableUnderTest {
  readonly driver: StoreDriver;
  /** Puts data where the store reads from; answers its URL. */
  place(data: Buffer): Promise<string>;
  /** A URL of the store at which there is nothing. */
  missing(): Promise<string>;
  dispose(): Promise<void>;
}

/** Bytes whose pattern repeats at no power of two, so that a slot out of place shows. */
export const bytesOf = (size: number): Buffer => Buffer.alloc(size, Buffer.from(Uint8Array.from({ length: 65_521 }, (_, i) => (i * 31 + (i >> 8)) % 256)));

export async function contentOf(source: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of source) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** What every driver must do, also one that takes no data. A driver is spared a case only by its title, with a reason. */
export function readingContract(make: () => Promise<ReadableUnderTest>, waived: Readonly<Record<string, string>> = {}): void {
  let under: ReadableUnderTest;
  let store: GuardedStore;
  beforeEach(async () => {
    under = await make();
    store = new GuardedStore('under-test', under.driver);
    await store.check();
  });
  afterEach(() => under.dispose());

  const titles = new Set<string>();
  const specify = (title: string, run: () => Promise<void>) => {
    titles.add(title);
    if (waived[title] === undefined) it(title, run);
  };

  for (const size of [0, 1, 4097, MIB, 20 * MIB]) {
    specify(`tells the size of ${size} bytes and gives them all`, async () => {
      const url = await under.place(bytesOf(size));
      expect(store.owns(url)).toBe(true);
      expect(await store.size(url)).toBe(size);
      expect((await contentOf(await store.read(url))).equals(bytesOf(size))).toBe(true);
    });
  }

  for (const [start, end] of [[0, 0], [0, 9], [100, 3 * MIB], [3 * MIB + 4, 3 * MIB + 4], [0, 3 * MIB + 4]] as const) {
    specify(`reads the bytes ${start} to ${end}`, async () => {
      const data = bytesOf(3 * MIB + 5);
      const url = await under.place(data);
      expect((await contentOf(await store.read(url, { start, end }))).equals(data.subarray(start, end + 1))).toBe(true);
    });
  }

  specify('lets a reader stop early, again and again', async () => {
    const url = await under.place(bytesOf(3 * MIB));
    for (let i = 0; i < 50; i += 1) {
      for await (const chunk of await store.read(url)) {
        expect(chunk.length).toBeGreaterThan(0);
        break;
      }
    }
  });

  specify('lets many read at once', async () => {
    const url = await under.place(bytesOf(MIB + 1));
    const all = await Promise.all(Array.from({ length: 10 }, async () => contentOf(await store.read(url))));
    expect(all.every((data) => data.equals(bytesOf(MIB + 1)))).toBe(true);
  });

  specify('says that there is no data before the first byte', async () => {
    const url = await under.missing();
    await expect(store.read(url)).rejects.toMatchObject({ code: 'DataNotFound' });
    await expect(store.size(url)).rejects.toMatchObject({ code: 'DataNotFound' });
    expect(await store.remove(url)).toBe(false);
  });

  for (const url of ['file:///etc/passwd', 'memory://../x', 'http://example.org/x', 'nonsense', '']) {
    specify(`refuses the location '${url}'`, async () => {
      expect(store.owns(url)).toBe(false);
      await expect(store.read(url)).rejects.toMatchObject({ code: 'BadLocation' });
      await expect(store.size(url)).rejects.toMatchObject({ code: 'BadLocation' });
      await expect(store.assertRemovable(url)).rejects.toMatchObject({ code: 'BadLocation' });
      await expect(store.remove(url)).rejects.toMatchObject({ code: 'BadLocation' });
    });
  }

  const unknown = Object.keys(waived).filter((title) => !titles.has(title));
  if (unknown.length > 0) throw new Error(`There are no such cases: ${unknown.join(', ')}`);
}
