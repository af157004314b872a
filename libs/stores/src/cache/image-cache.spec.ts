import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rename, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KnownData } from './cache-fill.js';
import { ImageCache } from './image-cache.js';


const md5 = (data: Buffer) => createHash('md5').update(data).digest('hex');
const knownOf = (data: Buffer): KnownData => ({ size: data.length, checksum: md5(data), osHashAlgo: null, osHashValue: null });

async function* inPieces(data: Buffer, size = 1000): AsyncGenerator<Buffer> {
  for (let at = 0; at < data.length; at += size) yield data.subarray(at, at + size);
}

async function all(source: AsyncIterable<Buffer> | undefined): Promise<Buffer | undefined> {
  if (!source) return undefined;
  const chunks: Buffer[] = [];
  for await (const chunk of source) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

let dir: string;
let warnings: string[];
const open = (maxSize = 1_000_000) => new ImageCache({ dir, maxSize, stallTime: 86_400, invalidGrace: 3600, warn: (text) => void warnings.push(text) });
const cached = async (cache: ImageCache) => (await cache.list()).map(({ imageId }) => imageId).toSorted();
const partials = () => readdir(join(dir, 'incomplete'));

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'afterimage-cache-'));
  warnings = [];
  await open().prepare();
});

const FIVE = Buffer.alloc(5000, 'x');
const DEFAULT = knownOf(FIVE);

async function put(cache: ImageCache, data = FIVE, imageId: string = randomUUID()): Promise<string> {
  await all(await cache.fill(imageId, knownOf(data), async () => inPieces(data)));
  return imageId;
}

describe('a fill of the cache', () => {
  it.each([0, 1, 999, 1000, 1001, 20_000])('hands on all %i bytes, and has them under the image\'s id', async (size) => {
    const data = Buffer.alloc(size, 'abc');
    const cache = open();
    const id = randomUUID();
    expect(await all(await cache.fill(id, knownOf(data), async () => inPieces(data)))).toEqual(data);
    expect([await readFile(join(dir, id)), await partials(), warnings]).toEqual([data, [], []]);
    expect(await all(await cache.read(id, knownOf(data)))).toEqual(data);
    expect((await cache.list())[0]).toMatchObject({ imageId: id, hits: 1, size });
  });

  it('is over before the last byte is handed on', async () => {
    const data = Buffer.alloc(2500, 'y');
    const id = randomUUID();
    const cache = open();
    const seen: boolean[] = [];
    for await (const _ of (await cache.fill(id, knownOf(data), async () => inPieces(data))) ?? []) seen.push(await cache.has(id, knownOf(data)));
    expect(seen).toEqual([false, false, true]);
  });

  it('seed 18: leaves nothing when the client goes in the middle, and the next one is whole', async () => {
    const data = Buffer.alloc(10_000, 'z');
    const id = randomUUID();
    const cache = open();
    for await (const _ of (await cache.fill(id, knownOf(data), async () => inPieces(data))) ?? []) break;
    expect([await cached(cache), await partials()]).toEqual([[], []]);
    await put(cache, data, id);
    expect(await all(await cache.read(id, knownOf(data)))).toEqual(data);
  });

  it('leaves nothing when the store fails, and hands its failure on', async () => {
    const data = Buffer.alloc(10_000, 'z');
    const cache = open();
    const failing = async function* () {
      yield data.subarray(0, 1000);
      throw new Error('the store is gone');
    };
    await expect(all(await cache.fill(randomUUID(), knownOf(data), async () => failing()))).rejects.toThrow('the store is gone');
    await expect(cache.fill(randomUUID(), knownOf(data), () => Promise.reject(new Error('nothing there')))).rejects.toThrow('nothing there');
    expect([await cached(cache), await partials()]).toEqual([[], []]);
  });

  it('keeps nothing that has another hash, or other many bytes, and hands it on', async () => {
    const data = Buffer.alloc(3000, 'q');
    const cache = open();
    const wrong = { ...knownOf(data), checksum: md5(Buffer.from('other')) };
    expect(await all(await cache.fill(randomUUID(), wrong, async () => inPieces(data)))).toEqual(data);
    expect(await all(await cache.fill(randomUUID(), { ...knownOf(data), size: 4000 }, async () => inPieces(data)))).toEqual(data);
    expect([await cached(cache), await partials(), warnings.length]).toEqual([[], [], 1]);
  });

  it('verifies by the other hash where there is no MD5, and caches nothing without any', async () => {
    const data = Buffer.alloc(3000, 'q');
    const cache = open();
    const osHashValue = createHash('sha512').update(data).digest('hex');
    const id = randomUUID();
    await all(await cache.fill(id, { size: 3000, checksum: null, osHashAlgo: 'sha512', osHashValue }, async () => inPieces(data)));
    expect(await cached(cache)).toEqual([id]);
    expect(await cache.fill(randomUUID(), { size: 3000, checksum: null, osHashAlgo: null, osHashValue: null }, async () => inPieces(data))).toBeUndefined();
  });

  it('is one at a time for an image, also for another process', async () => {
    const data = Buffer.alloc(3000, 'q');
    const id = randomUUID();
    const first = (await open().fill(id, knownOf(data), async () => inPieces(data)))?.[Symbol.asyncIterator]();
    await first?.next();
    expect(await open().fill(id, knownOf(data), async () => inPieces(data))).toBeUndefined();
    await first?.return?.();
    expect(await all(await open().fill(id, knownOf(data), async () => inPieces(data)))).toEqual(data);
  });

  it('is one at a time for an image, and within the bound, however many begin at once', async () => {
    const data = Buffer.alloc(3000, 'q');
    const [one, ...others] = Array.from({ length: 12 }, () => randomUUID());
    const begun = await Promise.all([one, one, one, one, ...others].map((id) => open(10_000).fill(id ?? '', knownOf(data), async () => inPieces(data))));
    const sizes = (await partials()).map((name) => name.split('.')[0]);
    expect([new Set(sizes).size, sizes.length]).toEqual([begun.filter(Boolean).length, begun.filter(Boolean).length]);
    expect(sizes.length).toBeLessThanOrEqual(3);
    await Promise.all(begun.map(all));
    expect((await cached(open())).length).toBe(sizes.length);
  });

  it('goes on to the client when the cache cannot be written', async () => {
    const data = Buffer.alloc(3000, 'q');
    await writeFile(join(dir, 'file'), '');
    const cache = new ImageCache({ dir: join(dir, 'file', 'cache'), maxSize: 1e6, stallTime: 1, invalidGrace: 1, warn: (text) => void warnings.push(text) });
    expect(await cache.fill(randomUUID(), knownOf(data), async () => inPieces(data))).toBeUndefined();
    expect(warnings).toHaveLength(1);
  });

  it.each(['../x', 'x', '', 'incomplete', `${randomUUID()}/..`])('is never of %j', async (id) => {
    const data = Buffer.from('x');
    const cache = open();
    expect(await cache.fill(id, knownOf(data), async () => inPieces(data))).toBeUndefined();
    expect(await cache.read(id, knownOf(data))).toBeUndefined();
    expect([await cache.enqueue(id), await cache.dequeue(id), await cache.remove(id), await cache.has(id, knownOf(data))]).toEqual([false, false, false, false]);
  });
});

describe('the bound of the cache', () => {
  it('holds at every fill: the least recently used goes first', async () => {
    const cache = open(12_000);
    const [a, b] = [await put(cache), await put(cache)];
    for (const [id, at] of [[a, 1000], [b, 2000]] as const) await utimes(join(dir, id), at, at);
    await all(await cache.read(a, DEFAULT));
    const c = await put(cache);
    expect(await cached(cache)).toEqual([a, c].toSorted());
    expect(await cache.fill(randomUUID(), knownOf(Buffer.alloc(12_001)), async () => inPieces(Buffer.alloc(0)))).toBeUndefined();
  });

  it('counts what is growing, but not what a dead process left', async () => {
    const cache = open(12_000);
    const data = Buffer.alloc(10_000, 'g');
    const old = await put(cache, Buffer.alloc(4000, 'o'));
    const growing = (await cache.fill(randomUUID(), knownOf(data), async () => inPieces(data)))?.[Symbol.asyncIterator]();
    await growing?.next();
    expect(await cached(cache)).toEqual([]);
    const next = await put(cache, Buffer.alloc(2000, 'n'));
    expect([old === next, await cached(cache)]).toEqual([false, [next]]);
    await growing?.return?.();
    const dead = join(dir, 'incomplete', `${randomUUID()}.12000.${randomUUID()}`);
    await writeFile(dead, 'dead');
    await utimes(dead, 1000, 1000);
    const last = await put(cache, Buffer.alloc(9000, 'l'));
    expect([await cached(cache), await partials()]).toEqual([[next, last].toSorted(), []]);
  });

  it('is reached by pruning what was put there with another', async () => {
    const ids = [await put(open()), await put(open()), await put(open())];
    for (const [i, id] of ids.entries()) await utimes(join(dir, id), 1000 + i, 1000 + i);
    expect(await open(6000).prune()).toEqual({ files: 2, bytes: 10_000 });
    expect(await cached(open())).toEqual([ids[2]]);
    expect(await open(6000).prune()).toEqual({ files: 0, bytes: 0 });
  });

  it('takes nothing from somebody who is reading', async () => {
    const data = Buffer.alloc(3_000_000, 'r');
    const cache = open(4_000_000);
    const id = await put(cache, data);
    const reader = (await cache.read(id, knownOf(data)))?.[Symbol.asyncIterator]();
    const first = await reader?.next();
    await put(cache, Buffer.alloc(2_000_000, 's'));
    expect(await cached(cache)).not.toContain(id);
    const rest = await all({ [Symbol.asyncIterator]: () => reader as AsyncIterator<Buffer> });
    const begun: Buffer = first?.value ?? Buffer.alloc(0);
    expect(begun.length + (rest?.length ?? 0)).toBe(data.length);
  });
});

describe('what is cached', () => {
  it('is never served when it is not as long as the image, and is put aside', async () => {
    const cache = open();
    const id = await put(cache);
    await truncate(join(dir, id), 4000);
    expect(await cache.read(id, DEFAULT)).toBeUndefined();
    expect([await cached(cache), await readdir(join(dir, 'invalid'))]).toEqual([[], [id]]);
    expect(await cache.clean()).toBe(0);
    expect(await new ImageCache({ dir, maxSize: 1, stallTime: 86_400, invalidGrace: 0 }).clean()).toBe(1);
  });

  it('is never served as other data of the same image, and makes room for that', async () => {
    const cache = open();
    const id = await put(cache);
    const other = Buffer.alloc(5000, 'other');
    expect([await cache.has(id, knownOf(other)), await cache.has(id, DEFAULT), await cached(cache)]).toEqual([false, false, []]);
    await put(cache, other, id);
    expect(await all(await cache.read(id, knownOf(other)))).toEqual(other);
  });

  it('is never a file that was put there under its name', async () => {
    const cache = open();
    const [a, b] = [await put(cache), await put(cache, Buffer.alloc(5000, 'b'))];
    await rename(join(dir, b), join(dir, a));
    const unknown = randomUUID();
    await writeFile(join(dir, unknown), FIVE);
    expect([await cache.read(a, DEFAULT), await cache.read(unknown, DEFAULT), await cached(cache)]).toEqual([undefined, undefined, []]);
  });

  it('may be emptied from outside at any time', async () => {
    const cache = open();
    await put(cache);
    await rm(dir, { recursive: true });
    expect([await cache.list(), await cache.queued(), await cache.prune(), await cache.clean()]).toEqual([[], [], { files: 0, bytes: 0 }, 0]);
    const [queued, filled] = [randomUUID(), await put(cache)];
    expect([await cache.enqueue(queued), await cache.queued(), await cached(cache)]).toEqual([true, [queued], [filled]]);
    await rm(dir, { recursive: true });
    expect(await cache.enqueue(queued)).toBe(true);
  });

  it('is removed one by one and all at once, and what has stalled is cleaned away', async () => {
    const cache = open();
    const [a] = [await put(cache), await put(cache)];
    expect([await cache.remove(a), await cache.remove(a), await cache.clear('cache')]).toEqual([true, false, 1]);
    await writeFile(join(dir, 'incomplete', randomUUID()), 'of glance');
    const stalled = join(dir, 'incomplete', randomUUID());
    await writeFile(stalled, 'x');
    await utimes(stalled, 1000, 1000);
    expect([await cache.clean(), (await partials()).length]).toEqual([1, 1]);
  });

  it('tells how often and when it was used', async () => {
    const cache = open();
    const id = await put(cache);
    expect((await cache.list())[0]).toMatchObject({ hits: 0, lastAccessed: 0 });
    await Promise.all(Array.from({ length: 20 }, async () => all(await cache.read(id, DEFAULT))));
    const [image] = await cache.list();
    expect(image?.hits).toBe(20);
    expect(image?.lastAccessed).toBeGreaterThan(image?.lastModified ?? Infinity);
    expect((await stat(join(dir, id))).mode & 0o777).toBe(0o640);
  });
});

describe('the queue of the cache', () => {
  it('has what was put there, oldest first, once, and nothing that is cached', async () => {
    const cache = open();
    const [a, b, c] = [randomUUID(), randomUUID(), await put(cache)];
    expect([await cache.enqueue(a), await cache.enqueue(b), await cache.enqueue(a), await cache.enqueue(c)]).toEqual([true, true, false, false]);
    await utimes(join(dir, 'queue', b), 1000, 1000);
    expect(await cache.queued()).toEqual([b, a]);
    expect([await cache.dequeue(b), await cache.dequeue(b), await cache.clear('queue'), await cache.queued()]).toEqual([true, false, 1, []]);
  });
});
