import { Inject, Injectable, Logger, Optional } from '@nestjs/common';
import { IMAGE_LIST, type ImageList } from '#images';
import { NODE_CACHE, type NodeCache } from '#stores';
import type { Processor } from '../job-runner.js';

/** Cached images that the registry is asked for at a time. */
const AT_A_TIME = 500;

/** Removes from this node's cache what can be of no use: files that stalled or proved wrong, and images that are deleted. */
@Injectable()
export class CleanCacheProcessor implements Processor<'clean-cache'> {
  readonly name = 'clean-cache';
  private readonly logger = new Logger('Cache');

  constructor(@Inject(IMAGE_LIST) private readonly images: ImageList, @Optional() @Inject(NODE_CACHE) private readonly cache?: NodeCache) {}

  async process(_: unknown, signal: AbortSignal): Promise<void> {
    if (!this.cache) return;
    let gone = await this.cache.images.clean();
    const cached = (await this.cache.images.list()).map(({ imageId }) => imageId);
    for (let from = 0; from < cached.length; from += AT_A_TIME) {
      signal.throwIfAborted();
      const ids = cached.slice(from, from + AT_A_TIME);
      const alive = new Set((await this.images.findAll(ids)).flatMap(({ id, deletedAt }) => (deletedAt === null ? [id] : [])));
      for (const id of ids) if (!alive.has(id)) gone += Number(await this.cache.images.remove(id));
    }
    // What the others know of this node may have been lost with their database, or a note of it on its way.
    await this.cache.nodes?.replace(this.cache.name, (await this.cache.images.list()).map(({ imageId }) => imageId));
    if (gone > 0) this.logger.log(`cleaned ${gone} file(s) away`);
  }
}
