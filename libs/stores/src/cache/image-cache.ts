import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { isSystemError } from '../drivers/filesystem/filesystem.errors.js';
import { hashOf, type KnownData } from './cache-fill.js';
import { CacheFills } from './cache-fills.js';
import { CacheFolder, isCacheable, type CachedImage } from './cache-folder.js';
import { CacheQueue } from './cache-queue.js';
import type { ImageCacheOptions } from './cache.options.js';
import type { Pruned } from './cache-room.js';
import { readCached } from './read-cached.js';
import { teed } from './teed.js';

/**
 * Whole images on this node's own disk, shared by all processes that have the same folder. What is listed is whole and
 * verified; nothing of a fill that did not end well stays. A cache that fails fails no download.
 */
export class ImageCache {
  private readonly folder: CacheFolder;
  private readonly queue: CacheQueue;
  private readonly fills: CacheFills;

  constructor(private readonly options: ImageCacheOptions) {
    this.folder = new CacheFolder(options.dir);
    this.queue = new CacheQueue(options.dir);
    this.fills = new CacheFills(this.folder, options, (imageId) => this.remove(imageId));
  }

  prepare(): Promise<void> {
    return this.folder.prepare();
  }

  list(): Promise<readonly CachedImage[]> {
    return this.folder.images();
  }

  /** Whether the image can be read from the cache as it is now. */
  async has(imageId: string, known: KnownData): Promise<boolean> {
    const handle = await this.opened(imageId, known);
    await handle?.close();
    return handle !== undefined;
  }

  /** The image's bytes from the cache, counted as a hit; undefined where it is not there, or has other data. */
  async read(imageId: string, known: KnownData): Promise<AsyncIterable<Buffer> | undefined> {
    const handle = await this.opened(imageId, known);
    if (!handle) return undefined;
    await this.folder.hit(imageId).catch(() => undefined);
    return readCached(handle, this.folder.path(imageId));
  }

  /** A file that is not what it was verified to be is put aside, one that was never verified as this data removed. */
  private async opened(imageId: string, known: KnownData): Promise<FileHandle | undefined> {
    const hash = hashOf(known);
    if (!isCacheable(imageId) || hash === null) return undefined;
    try {
      const handle = await open(this.folder.path(imageId), constants.O_RDONLY | constants.O_NOFOLLOW);
      const file = await handle.stat({ bigint: true });
      const verified = file.isFile() && (await this.folder.isVerified(imageId, file.ino, hash));
      if (verified && file.size === BigInt(known.size)) return handle;
      await handle.close();
      await (verified ? this.folder.condemn(imageId) : this.folder.remove(imageId));
      this.options.changed?.(imageId, false);
    } catch (error) {
      if (!isSystemError(error)) throw error;
    }
    return undefined;
  }

  /**
   * The same bytes, which are in the cache before the last of them is handed on; undefined where they cannot be: the image
   * is too large or its hash not known, or another fill of it is under way.
   */
  async fill(imageId: string, known: KnownData, source: () => Promise<AsyncIterable<Buffer>>): Promise<AsyncIterable<Buffer> | undefined> {
    const fill = await this.fills.begin(imageId, known);
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

  /** Somebody, in whatever process, takes the image into the cache now. */
  isFilling(imageId: string): Promise<boolean> {
    return this.fills.isFilling(imageId);
  }

  private ended(imageId: string, done: boolean, why: string | undefined): void {
    if (done) this.options.changed?.(imageId, true);
    else if (why !== undefined) this.options.warn?.(`image ${imageId} was not cached: ${why}`);
  }

  /** Down to the bound. */
  prune(): Promise<Pruned> {
    return this.fills.prune();
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
    else for (const imageId of await this.queue.list()) gone += Number(await this.queue.remove(imageId));
    return gone;
  }

  queued(): Promise<readonly string[]> {
    return this.queue.list();
  }

  /** False where it is cached or queued already. */
  async enqueue(imageId: string): Promise<boolean> {
    if (!isCacheable(imageId) || (await this.folder.image(imageId))) return false;
    await this.prepare();
    return this.queue.add(imageId);
  }

  async dequeue(imageId: string): Promise<boolean> {
    return isCacheable(imageId) && this.queue.remove(imageId);
  }
}
