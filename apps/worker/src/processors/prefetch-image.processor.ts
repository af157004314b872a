import { Inject, Injectable, Logger, Optional } from '@nestjs/common';
import { ImageDownloadService } from '#images';
import { NODE_CACHE, type NodeCache } from '#stores';
import type { Processor } from '../job-runner.js';
import type { PrefetchImage } from '../queues.js';

/** Takes a queued image into this node's cache; one that is gone, or has no data, leaves the queue. */
@Injectable()
export class PrefetchImageProcessor implements Processor<'prefetch-image'> {
  readonly name = 'prefetch-image';
  private readonly logger = new Logger('Cache');

  constructor(private readonly downloads: ImageDownloadService, @Optional() @Inject(NODE_CACHE) private readonly cache?: NodeCache) {}

  async process({ imageId }: PrefetchImage, signal: AbortSignal): Promise<void> {
    if (!this.cache || !(await this.cache.images.queued()).includes(imageId)) return;
    const outcome = await this.downloads.prefetch(imageId, signal);
    if (outcome === 'busy') throw new Error('The image is being cached by a download.');
    if (outcome !== 'cached') this.logger.warn(`image ${imageId} is not cached: ${outcome}`);
    await this.cache.images.dequeue(imageId);
  }
}
