import { Inject, Injectable } from '@nestjs/common';
import type { EventMeta, Reactor, RecordedEvent } from '#event-store';
import { imageIdOf, type ImageImportRequested } from '#images';
import { JOB_RUNNER, jobId, type Job, type JobRunner } from '../job-runner.js';

const NAME = 'hash-location-when-added';

/** The same job for the same event, whoever adds it. */
export const hashJob = ({ id, stream, correlationId }: EventMeta, taskId: string): Job => ({
  name: 'hash-location',
  id: jobId(id, NAME),
  data: { imageId: imageIdOf(stream), taskId, causationId: id, correlationId },
});

/** What lies at an added place is read and hashed by a job, which ends in `ImageImportSucceeded` or `ImageImportFailed`. */
@Injectable()
export class HashLocationWhenAdded implements Reactor<ImageImportRequested> {
  readonly name = NAME;
  readonly types = ['ImageImportRequested'] as const;
  readonly from = 'beginning';
  readonly origin = 'own';

  constructor(@Inject(JOB_RUNNER) private readonly jobs: JobRunner) {}

  async react({ data, meta }: RecordedEvent<ImageImportRequested>): Promise<void> {
    if (data.method === 'location-import') await this.jobs.add(hashJob(meta, data.taskId));
  }
}
