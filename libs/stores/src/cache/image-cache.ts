import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { isSystemError } from '../drivers/filesystem/filesystem.errors.js';
import { CacheFill, hashOf, type KnownData } from './cache-fill.js';
import { CacheFolder, isCacheable, type CachedImage } from './cache-folder.js';
import { CacheQueue } from './cache-queue.js';
import { growing, makeRoom, type Pruned } from './cache-room.js';
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

/**
 * Whole images on this node's own disk, shared by all processes that have the same folder. What is listed is whole and
 * verified; nothing of a fill that did not end well stays. A cache that fails fails no download.
 */
export class ImageCache {
  private readonly folder: CacheFolder;
  private readonly queue: CacheQueue;

  constructor(private readonly options: ImageCacheOptions) {
    this.folder = new CacheFolder(options.dir);
    this.queue = new CacheQueue(options.dir);
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
    return readOpened(handle);
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
      if ((await this.isFilling(imageId)) || !(await this.makeRoom(known.size))) return undefined;
      const fill = await CacheFill.begin(this.folder, imageId, known);
      if (!fill || (await this.isAlone(fill, imageId))) return fill;
      await fill.abandon();
    } catch (error) {
      this.options.warn?.(`image ${imageId} cannot be cached: ${String(error)}`);
    }
    return undefined;
  }

  /** Whoever began at the same time sees this one as this sees it: so there are never two, nor more than fits. */
  private async isAlone(fill: CacheFill, imageId: string): Promise<boolean> {
    const partials = await growing(this.folder);
    const again = partials.some(({ name, imageId: other }) => name !== fill.name && other === imageId.toLowerCase());
    if (again || partials.reduce((sum, { size }) => sum + size, 0) > this.options.maxSize) return false;
    await this.prune();
    return true;
  }

  /** Somebody, in whatever process, takes the image into the cache now. */
  async isFilling(imageId: string): Promise<boolean> {
    return (await growing(this.folder)).some((one) => one.imageId === imageId.toLowerCase());
  }

  private ended(imageId: string, done: boolean, why: string | undefined): void {
    if (done) this.options.changed?.(imageId, true);
    else if (why !== undefined) this.options.warn?.(`image ${imageId} was not cached: ${why}`);
  }

  private makeRoom(bytes: number): Promise<Pruned | undefined> {
    return makeRoom(this.folder, this.options.maxSize, bytes, (imageId) => this.remove(imageId));
  }

  /** Down to the bound. */
  async prune(): Promise<Pruned> {
    return (await this.makeRoom(0)) ?? { files: 0, bytes: 0 };
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
    return isCacheable(imageId) && !(await this.folder.image(imageId)) && this.queue.add(imageId);
  }

  async dequeue(imageId: string): Promise<boolean> {
    return isCacheable(imageId) && this.queue.remove(imageId);
  }
}
