import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KnownData } from './cache-fill.js';
import { ImageCache } from './image-cache.js';

const BOUND = 10_000;
const IDS = [1, 2, 3, 4].map((n) => `0c000000-0000-4000-8000-00000000000${n}`);
/** Of the version `n` of an image: sizes repeat, so that a size alone tells nothing apart. */
const dataOf = (image: number, version: number) => Buffer.alloc(1000 * (1 + ((image + version) % 7)), `${image}.${version}.`);
const knownOf = (data: Buffer): KnownData => ({ size: data.length, checksum: createHash('md5').update(data).digest('hex'), osHashAlgo: null, osHashValue: null });

async function* source(data: Buffer, failsAt: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < data.length; at += 700) {
    if (at >= failsAt) throw new Error('the store is gone');
    yield data.subarray(at, at + 700);
  }
}

const image = fc.nat({ max: IDS.length - 1 });
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ does: fc.constant('download' as const), image, leavesAt: fc.constantFrom(Infinity, Infinity, 0, 700, 2100), failsAt: fc.constantFrom(Infinity, Infinity, Infinity, 0, 1400) }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('change' as const), image }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constantFrom('remove' as const, 'prune' as const, 'clear' as const), image }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** As a download goes: from the cache, else through it, else past it. */
async function download(cache: ImageCache, id: string, data: Buffer, leavesAt: number, failsAt: number): Promise<void> {
  const known = knownOf(data);
  const open = async () => source(data, failsAt);
  const bytes = (await cache.read(id, known)) ?? (await cache.fill(id, known, open)) ?? (await open());
  const got: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of bytes) {
      got.push(Buffer.from(chunk));
      size += chunk.length;
      if (size > leavesAt) break;
    }
  } catch (error) {
    expect(String(error)).toContain('the store is gone');
  }
  const all = Buffer.concat(got);
  expect(all.equals(data.subarray(0, all.length))).toBe(true);
  if (leavesAt === Infinity && failsAt === Infinity) expect(all.length).toBe(data.length);
}

describe('A cache, whatever is done with it by two processes', () => {
  it('serves the very data of the image, holds its bound, lists what is whole, and leaves nothing behind', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.array(step, { maxLength: 4 }), { maxLength: 12 }), holds), { numRuns: 60, seed: 35 });
  }, 60_000);

  async function holds(rounds: readonly (readonly Step[])[]): Promise<void> {
    const dir = await mkdtemp(join(tmpdir(), 'afterimage-cache-'));
    const caches = [0, 1].map(() => new ImageCache({ dir, maxSize: BOUND, stallTime: 86_400, invalidGrace: 3600 }));
    await caches[0]?.prepare();
    const versions = IDS.map(() => 0);
    const now = (n: number) => dataOf(n, versions[n] ?? 0);
    const take = async (one: Step, nth: number) => {
      const cache = caches[nth % 2] as ImageCache;
      const id = IDS[one.image] as string;
      if (one.does === 'download') await download(cache, id, now(one.image), one.leavesAt, one.failsAt);
      else if (one.does === 'remove') await cache.remove(id);
      else if (one.does === 'clear') await cache.clear('cache');
      else if (one.does === 'prune') await cache.prune();
    };
    for (const round of rounds) {
      for (const one of round) if (one.does === 'change') versions[one.image] = (versions[one.image] ?? 0) + 1;
      await Promise.all(round.map(take));
      const listed = (await caches[0]?.list()) ?? [];
      expect(listed.reduce((sum, { size }) => sum + size, 0)).toBeLessThanOrEqual(BOUND);
      expect(await readdir(join(dir, 'incomplete'))).toEqual([]);
      for (const { imageId, size } of listed) expect((await readFile(join(dir, imageId))).length).toBe(size);
    }
    await rm(dir, { recursive: true });
  }
});
