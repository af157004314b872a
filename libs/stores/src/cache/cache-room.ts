import { DEAD_AFTER } from './cache-fill.js';
import type { CachedImage, CacheFolder, Partial } from './cache-folder.js';

export interface Pruned {
  readonly files: number;
  readonly bytes: number;
}

/** What grows now, in whatever process; what a dead one left is dropped. */
export async function growing(folder: CacheFolder): Promise<readonly Partial[]> {
  const alive: Partial[] = [];
  for (const partial of await folder.partials()) {
    if (partial.idle < DEAD_AFTER) alive.push(partial);
    else await folder.drop(partial.name);
  }
  return alive;
}

/**
 * Evicts the least recently used until so many bytes more fit under the bound, beside what is growing. Undefined, and
 * nothing is evicted, where they cannot fit as long as that grows.
 */
export async function makeRoom(folder: CacheFolder, bound: number, bytes: number, evict: (imageId: string) => Promise<unknown>): Promise<Pruned | undefined> {
  const partials = await growing(folder);
  const taken = bytes + partials.reduce((sum, { size }) => sum + size, 0);
  if (bytes > 0 && taken > bound) return undefined;
  const images = (await folder.images()).toSorted((a, b) => usedAt(a) - usedAt(b));
  let total = taken + images.reduce((sum, { size }) => sum + size, 0);
  let [files, freed] = [0, 0];
  for (const { imageId, size } of images) {
    if (total <= bound) break;
    await evict(imageId);
    total -= size;
    files += 1;
    freed += size;
  }
  return { files, bytes: freed };
}

const usedAt = ({ lastAccessed, lastModified }: CachedImage): number => Math.max(lastAccessed, lastModified);
