import { Inject, Injectable } from '@nestjs/common';
import type { EventMeta, Reactor, RecordedEvent } from '#event-store';
import { imageIdOf, type ImageImportRequested } from '#images';
import { JOB_RUNNER, jobId, type Job, type JobRunner } from '../job-runner.js';

const NAME = 'import-image-when-requested';

/** Locations that are added are hashed by a job of their own. */
export const isImport = ({ method }: ImageImportRequested['data']): boolean => method !== 'location-import';

/** The same job for the same event, whoever adds it. */
export const importJob = ({ taskId, node }: Pick<ImageImportRequested['data'], 'taskId' | 'node'>, imageId: string, { id, correlationId }: Pick<EventMeta, 'id' | 'correlationId'>): Job => ({
  name: 'import-image',
  id: jobId(id, NAME),
  data: { imageId, taskId, causationId: id, correlationId },
  ...(node === undefined ? {} : { node }),
});

/** An import that was asked for is done by a job, which ends in `ImageImportSucceeded` or `ImageImportFailed`. */
@Injectable()
export class ImportImageWhenRequested implements Reactor<ImageImportRequested> {
  readonly name = NAME;
  readonly types = ['ImageImportRequested'] as const;
  readonly from = 'beginning';
  readonly origin = 'own';

  constructor(@Inject(JOB_RUNNER) private readonly jobs: JobRunner) {}

  async react({ data, meta }: RecordedEvent<ImageImportRequested>): Promise<void> {
    if (isImport(data)) await this.jobs.add(importJob(data, imageIdOf(meta.stream), meta));
  }
}
