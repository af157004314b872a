import { Inject, Injectable } from '@nestjs/common';
import type { EventMeta, Reactor, RecordedEvent } from '#event-store';
import { taskStreamOf, type TaskRequested } from '#images';
import { JOB_RUNNER, jobId, type Job, type JobRunner } from '../job-runner.js';

const NAME = 'run-task-when-requested';

/** The same job for the same event, whoever adds it. */
export const taskJob = ({ id, stream, correlationId }: EventMeta): Job => ({
  name: 'run-task',
  id: jobId(id, NAME),
  data: { taskId: stream.slice(taskStreamOf('').length), causationId: id, correlationId },
});

/** A task of the Tasks API is done by a job, which ends in `TaskSucceeded` or `TaskFailed`. */
@Injectable()
export class RunTaskWhenRequested implements Reactor<TaskRequested> {
  readonly name = NAME;
  readonly types = ['TaskRequested'] as const;
  readonly from = 'beginning';
  readonly origin = 'own';

  constructor(@Inject(JOB_RUNNER) private readonly jobs: JobRunner) {}

  async react({ meta }: RecordedEvent<TaskRequested>): Promise<void> {
    await this.jobs.add(taskJob(meta));
  }
}
