import { Inject, Injectable } from '@nestjs/common';
import { everyId, IMAGE_LIST, type ImageList } from '#images';
import { JOB_RUNNER, type JobRunner } from '../job-runner.js';
import { OPEN_WORK_LIST, type OpenWork } from './open-work.js';

export interface Found {
  readonly kind: OpenWork['kind'];
  readonly images: number;
  readonly jobs: number;
}

/** Adds the jobs of all open work: what a lost queue or a job given up left undone. What is queued already stays as it is. */
@Injectable()
export class AddOpenWork {
  constructor(
    @Inject(OPEN_WORK_LIST) private readonly list: readonly OpenWork[],
    @Inject(IMAGE_LIST) private readonly images: ImageList,
    @Inject(JOB_RUNNER) private readonly jobs: JobRunner,
  ) {}

  /** `failedToo`: starts anew what failed for good. Ends between two images when the signal aborts. */
  async run(signal: AbortSignal, failedToo: boolean): Promise<readonly Found[]> {
    const found: Found[] = [];
    for (const work of this.list) found.push(await this.add(work, signal, failedToo));
    return found;
  }

  private async page({ kind, find }: OpenWork, after: string | undefined, limit: number): Promise<readonly string[]> {
    if (find) return find(after, limit);
    return kind === 'task' ? [] : this.images.openWork(kind, after, limit);
  }

  private async add(work: OpenWork, signal: AbortSignal, failedToo: boolean): Promise<Found> {
    let [images, jobs] = [0, 0];
    for await (const id of everyId((after, limit) => this.page(work, after, limit))) {
      if (signal.aborted) break;
      const due = await work.jobsFor(id);
      for (const job of due) await this.jobs.add(job, { failedToo });
      images += 1;
      jobs += due.length;
    }
    return { kind: work.kind, images, jobs };
  }
}
