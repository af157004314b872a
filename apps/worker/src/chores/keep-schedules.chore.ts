import { Inject, Injectable } from '@nestjs/common';
import { JOB_RUNNER, type JobRunner } from '../job-runner.js';
import { schedulesOf } from '../schedules.js';
import { WORKER_OPTIONS, type WorkerOptions } from '../worker.options.js';
import type { Chore } from './chore.js';

/** Said again and again, since a queue may have been lost. */
@Injectable()
export class KeepSchedulesChore implements Chore {
  readonly name = 'the keeping of schedules';
  readonly everyMs = 60_000;
  readonly afterReturn = true;

  constructor(@Inject(JOB_RUNNER) private readonly jobs: JobRunner, @Inject(WORKER_OPTIONS) private readonly options: WorkerOptions) {}

  run(): Promise<void> {
    return this.jobs.repeat(schedulesOf(this.options));
  }
}
