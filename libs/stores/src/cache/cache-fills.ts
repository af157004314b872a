import { CacheFill, type KnownData } from './cache-fill.js';
import { isCacheable, type CacheFolder } from './cache-folder.js';
import { growing, makeRoom, type Pruned } from './cache-room.js';
import type { ImageCacheOptions } from './cache.options.js';

/** Lets fills begin: one for an image at a time, and never more than the bound has room for. */
export class CacheFills {
  constructor(
    private readonly folder: CacheFolder,
    private readonly options: ImageCacheOptions,
    private readonly evict: (imageId: string) => Promise<unknown>,
  ) {}

  /** Undefined where the image cannot be cached, or not now. */
  async begin(imageId: string, known: KnownData): Promise<CacheFill | undefined> {
    if (!isCacheable(imageId) || known.size > this.options.maxSize) return undefined;
    try {
      if ((await this.isFilling(imageId)) || !(await this.makeRoom(known.size))) return undefined;
      // Whoever looks after the disk may have emptied the folder.
      await this.folder.prepare();
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

  private makeRoom(bytes: number): Promise<Pruned | undefined> {
    return makeRoom(this.folder, this.options.maxSize, bytes, this.evict);
  }

  /** Down to the bound. */
  async prune(): Promise<Pruned> {
    return (await this.makeRoom(0)) ?? { files: 0, bytes: 0 };
  }
}
