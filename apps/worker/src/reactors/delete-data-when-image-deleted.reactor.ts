import type { EventMeta, Reactor, RecordedEvent } from '#event-store';
import { streamOf, type ImageDeleted } from '#images';
import { jobId, type Job, type JobRunner } from '../job-runner.js';

const NAME = 'delete-data-when-image-deleted';

/** The same job for the same deletion, whoever adds it. */
export const deletionJob = ({ id, stream, correlationId }: EventMeta): Job => ({
  name: 'delete-image-data',
  id: jobId(id, NAME),
  data: { imageId: stream.slice(streamOf('').length), causationId: id, correlationId },
});

/** A deleted image's bytes go by a job, which ends in `ImageDataPurged`. */
export class DeleteDataWhenImageDeleted implements Reactor<ImageDeleted> {
  readonly name = NAME;
  readonly types = ['ImageDeleted'] as const;
  readonly from = 'beginning';
  readonly origin = 'any';

  constructor(private readonly jobs: JobRunner) {}

  async react({ meta }: RecordedEvent<ImageDeleted>): Promise<void> {
    await this.jobs.add(deletionJob(meta));
  }
}
