import { Inject, Injectable, Logger, Optional } from '@nestjs/common';
import { IMAGE_LIST, type ImageList } from '#images';
import { NODE_CACHE, type NodeCache } from '#stores';
import type { Processor } from '../job-runner.js';

/** Removes from this node's cache what can be of no use: files that stalled or proved wrong, and images that are deleted. */
@Injectable()
export class CleanCacheProcessor implements Processor<'clean-cache'> {
  readonly name = 'clean-cache';
  private readonly logger = new Logger('Cache');

  constructor(@Inject(IMAGE_LIST) private readonly images: ImageList, @Optional() @Inject(NODE_CACHE) private readonly cache?: NodeCache) {}

  async process(_: unknown, signal: AbortSignal): Promise<void> {
    if (!this.cache) return;
    let gone = await this.cache.images.clean();
    for (const { imageId } of await this.cache.images.list()) {
      signal.throwIfAborted();
      const image = await this.images.find(imageId);
      if (image?.deletedAt !== null) gone += Number(await this.cache.images.remove(imageId));
    }
    // What the others know of this node may have been lost with their database, or a note of it on its way.
    await this.cache.nodes?.replace(this.cache.name, (await this.cache.images.list()).map(({ imageId }) => imageId));
    if (gone > 0) this.logger.log(`cleaned ${gone} file(s) away`);
  }
}
