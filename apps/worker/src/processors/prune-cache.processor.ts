import { Inject, Injectable, Logger, Optional } from '@nestjs/common';
import { NODE_CACHE, type NodeCache } from '#stores';
import type { Processor } from '../job-runner.js';

/** Holds this node's cache to its bound, should it have been changed, and clears away what stalled or proved wrong. */
@Injectable()
export class PruneCacheProcessor implements Processor<'prune-cache'> {
  readonly name = 'prune-cache';
  private readonly logger = new Logger('Cache');

  constructor(@Optional() @Inject(NODE_CACHE) private readonly cache?: NodeCache) {}

  async process(): Promise<void> {
    if (!this.cache) return;
    const { files, bytes } = await this.cache.images.prune();
    if (files > 0) this.logger.log(`pruned ${files} image(s), ${bytes} bytes`);
  }
}
