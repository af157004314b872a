import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Followers, StreamReader } from '#event-store';
import { IMAGE_LIST, RecoverUploads, type ImageList } from '#images';
import { Stores } from '#stores';
import { JOB_RUNNER, type JobRunner } from './job-runner.js';
import { addOpenWork } from './open-work.js';
import { DeleteImageDataProcessor } from './processors/delete-image-data.processor.js';
import { DeleteDataWhenGivenUp } from './reactors/delete-data-when-given-up.reactor.js';
import { workerContext } from './worker-context.js';
import { WORKER_OPTIONS, type WorkerOptions } from './worker.options.js';

/** How soon an upload whose process died on another host is noticed, beside its lease of 30 s. */
const RECOVERY_MS = 10_000;

/** Runs what may happen after the answer: reactors, jobs, and the end of what dead processes left. */
@Injectable()
export class WorkerService implements OnApplicationBootstrap {
  private readonly logger = new Logger('Worker');
  private readonly stopping = new AbortController();
  private recovery: NodeJS.Timeout | undefined;
  private openWork: Promise<void> | undefined;
  private recovering = Promise.resolve();

  constructor(
    @Inject(JOB_RUNNER) private readonly jobs: JobRunner,
    @Inject(WORKER_OPTIONS) private readonly options: WorkerOptions,
    @Inject(IMAGE_LIST) private readonly images: ImageList,
    private readonly stores: Stores,
    private readonly bus: CommandBus,
    private readonly followers: Followers,
    private readonly streams: StreamReader,
    private readonly uploads: RecoverUploads,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.jobs.start([new DeleteImageDataProcessor(this.images, this.stores, this.bus, this.options.decryptLocation)]);
    this.followers.react(new DeleteDataWhenGivenUp(this.jobs));
    await this.recoverUploads();
    this.openWork = this.addOpenWork();
    this.recovery = setInterval(() => void this.recoverUploads(), RECOVERY_MS);
    this.recovery.unref();
  }

  /** Queues again the images whose upload was going to a process that has died. */
  recoverUploads(): Promise<void> {
    return (this.recovering = this.recovering.then(() => this.endDeadUploads()));
  }

  /** Followers first: they are what adds jobs. */
  async stop(graceMs: number): Promise<void> {
    clearInterval(this.recovery);
    this.stopping.abort();
    await Promise.all([this.followers.stop(), this.openWork, this.recovering]);
    await this.jobs.stop(graceMs);
  }

  /** Beside the start, which must not wait for a long list. */
  private async addOpenWork(): Promise<void> {
    try {
      const found = await addOpenWork(this.images, this.streams, this.jobs, this.stopping.signal);
      if (found > 0) this.logger.log(`${found} deleted image(s) still have data; jobs will remove it`);
    } catch (error) {
      this.logger.error(`data of deleted images could not be looked for; the next start will: ${String(error)}`);
    }
  }

  private async endDeadUploads(): Promise<void> {
    if (this.stopping.signal.aborted) return;
    try {
      const ended = await this.uploads.run(workerContext());
      if (ended > 0) this.logger.warn(`${ended} upload(s) of processes that died were ended; their images are queued again`);
    } catch (error) {
      this.logger.error(`uploads of dead processes could not be looked for, will try again: ${String(error)}`);
    }
  }
}
