import { Inject, Injectable, Optional } from '@nestjs/common';
import { NODE_CACHE, type NodeCache } from '#stores';
import { JOB_RUNNER, jobId, type JobRunner } from '../job-runner.js';
import { WORKER_OPTIONS, type WorkerOptions } from '../worker.options.js';
import type { Chore } from './chore.js';

/** A job for each image in the queue of this node's cache: it is a folder, which any process of the node writes. */
@Injectable()
export class CacheQueueChore implements Chore {
  readonly name = 'the queue of the cache';
  readonly everyMs = 1_000;
  private told = false;

  constructor(
    @Inject(JOB_RUNNER) private readonly jobs: JobRunner,
    @Inject(WORKER_OPTIONS) private readonly options: WorkerOptions,
    @Optional() @Inject(NODE_CACHE) private readonly cache?: NodeCache,
  ) {}

  async run(): Promise<void> {
    const node = this.options.cache?.node;
    if (!this.cache || node === undefined) return;
    if (!this.told) await this.cache.nodes?.replace(this.cache.name, (await this.cache.images.list()).map(({ imageId }) => imageId));
    this.told = true;
    for (const imageId of await this.cache.images.queued()) {
      await this.jobs.add({ name: 'prefetch-image', id: jobId(imageId, 'prefetch-image-when-queued', node), node, data: { imageId } }, { failedToo: false });
    }
  }
}
