import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { isSystemError } from '../drivers/filesystem/filesystem.errors.js';
import { CacheFill, DEAD_AFTER, type KnownData } from './cache-fill.js';
import { CacheFolder, isCacheable, type CachedImage } from './cache-folder.js';
import { readOpened } from './read-opened.js';
import { teed } from './teed.js';

export interface ImageCacheOptions {
  /** `image_cache_dir` */
  readonly dir: string;
  /** Bytes that whole and growing files may take together. */
  readonly maxSize: number;
  /** Seconds after which a file that is not whole is given up. */
  readonly stallTime: number;
  /** Seconds that a file which proved wrong is kept. */
  readonly invalidGrace: number;
  /** Told what is not a failure of the request at hand. */
  readonly warn?: (text: string) => void;
  /** An image came or went. */
  readonly changed?: (imageId: string, cached: boolean) => void;
}

export interface Pruned {
  readonly files: number;
  readonly bytes: number;
}

/**
 * Whole images on this node's own disk, shared by all processes that have the same folder. What is listed is whole and
 * verified; nothing of a fill that did not end well stays. A cache that fails fails no download.
 */
export class ImageCache {
  private readonly folder: CacheFolder;

  constructor(private readonly options: ImageCacheOptions) {
    this.folder = new CacheFolder(options.dir);
  }

  prepare(): Promise<void> {
    return this.folder.prepare();
  }

  list(): Promise<readonly CachedImage[]> {
    return this.folder.images();
  }

  async has(imageId: string): Promise<boolean> {
    return isCacheable(imageId) && (await this.folder.image(imageId)) !== undefined;
  }

  /** The image's bytes from the cache, counted as a hit; undefined where it is not there, or has not that size. */
  async read(imageId: string, size: number): Promise<AsyncIterable<Buffer> | undefined> {
    if (!isCacheable(imageId)) return undefined;
    try {
      const handle = await open(this.folder.path(imageId), constants.O_RDONLY | constants.O_NOFOLLOW);
      const found = await handle.stat();
      if (!found.isFile() || found.size !== size) {
        await handle.close();
        await this.folder.condemn(imageId);
        this.options.changed?.(imageId, false);
        return undefined;
      }
      await this.folder.hit(imageId).catch(() => undefined);
      return readOpened(handle);
    } catch (error) {
      if (!isSystemError(error)) throw error;
      return undefined;
    }
  }

  /**
   * The same bytes, which are in the cache before the last of them is handed on; undefined where they cannot be: the image
   * is too large or its hash not known, or another fill of it is under way.
   */
  async fill(imageId: string, known: KnownData, source: () => Promise<AsyncIterable<Buffer>>): Promise<AsyncIterable<Buffer> | undefined> {
    const fill = await this.begin(imageId, known);
    if (!fill) return undefined;
    let bytes: AsyncIterable<Buffer>;
    try {
      bytes = await source();
    } catch (error) {
      await fill.abandon();
      throw error;
    }
    return teed(bytes, fill, (done, why) => this.ended(imageId, done, why));
  }

  private async begin(imageId: string, known: KnownData): Promise<CacheFill | undefined> {
    if (!isCacheable(imageId) || known.size > this.options.maxSize) return undefined;
    try {
      if (await this.isFilling(imageId)) return undefined;
      await this.makeRoom(known.size);
      return await CacheFill.begin(this.folder, imageId, known);
    } catch (error) {
      this.options.warn?.(`image ${imageId} cannot be cached: ${String(error)}`);
      return undefined;
    }
  }

  /** Somebody, in whatever process, takes the image into the cache now. */
  async isFilling(imageId: string): Promise<boolean> {
    return (await this.folder.partials()).some((one) => one.imageId === imageId.toLowerCase() && one.idle < DEAD_AFTER);
  }

  private ended(imageId: string, done: boolean, why: string | undefined): void {
    if (done) this.options.changed?.(imageId, true);
    else if (why !== undefined) this.options.warn?.(`image ${imageId} was not cached: ${why}`);
  }

  /** Evicts the least recently used until so much more fits beside what is growing. */
  private async makeRoom(bytes: number): Promise<Pruned> {
    const images = (await this.folder.images()).toSorted((a, b) => usedAt(a) - usedAt(b));
    let growing = 0;
    for (const partial of await this.folder.partials()) {
      if (partial.idle < DEAD_AFTER) growing += partial.size;
      else await this.folder.drop(partial.name);
    }
    let total = growing + images.reduce((sum, { size }) => sum + size, 0);
    let [files, freed] = [0, 0];
    for (const { imageId, size } of images) {
      if (total + bytes <= this.options.maxSize) break;
      await this.remove(imageId);
      total -= size;
      files += 1;
      freed += size;
    }
    return { files, bytes: freed };
  }

  /** Down to the bound. */
  prune(): Promise<Pruned> {
    return this.makeRoom(0);
  }

  /** What is not whole and has stalled, and what proved wrong and has been kept long enough. Answers how many files went. */
  async clean(): Promise<number> {
    const stalled = (await this.folder.partials()).filter(({ idle }) => idle >= this.options.stallTime);
    for (const { name } of stalled) await this.folder.drop(name);
    return stalled.length + (await this.folder.forgetInvalid(this.options.invalidGrace));
  }

  /** False where it was not cached. */
  async remove(imageId: string): Promise<boolean> {
    if (!isCacheable(imageId)) return false;
    const there = await this.folder.remove(imageId);
    if (there) this.options.changed?.(imageId, false);
    return there;
  }

  /** Answers how many were removed. */
  async clear(what: 'cache' | 'queue'): Promise<number> {
    let gone = 0;
    if (what === 'cache') for (const { imageId } of await this.folder.images()) gone += Number(await this.remove(imageId));
    else for (const imageId of await this.folder.queued()) gone += Number(await this.folder.dequeue(imageId));
    return gone;
  }

  queued(): Promise<readonly string[]> {
    return this.folder.queued();
  }

  /** False where it is cached or queued already. */
  async enqueue(imageId: string): Promise<boolean> {
    return isCacheable(imageId) && !(await this.has(imageId)) && this.folder.enqueue(imageId);
  }

  async dequeue(imageId: string): Promise<boolean> {
    return isCacheable(imageId) && this.folder.dequeue(imageId);
  }
}

const usedAt = ({ lastAccessed, lastModified }: CachedImage): number => Math.max(lastAccessed, lastModified);
