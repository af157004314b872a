import type { EventMeta, Reactor, RecordedEvent } from '#event-store';
import { streamOf, type ImageLocationRemoved } from '#images';
import { jobId, type Job, type JobRunner } from '../job-runner.js';

const NAME = 'delete-data-when-location-removed';

export const removalJob = ({ id, stream, correlationId }: EventMeta): Job => ({
  name: 'delete-image-data',
  id: jobId(id, NAME),
  data: { imageId: stream.slice(streamOf('').length), causationId: id, correlationId },
});

/** The bytes at a removed location go by a job, unless the image names the same place again. */
export class DeleteDataWhenLocationRemoved implements Reactor<ImageLocationRemoved> {
  readonly name = NAME;
  readonly types = ['ImageLocationRemoved'] as const;
  readonly from = 'beginning';
  readonly origin = 'own';

  constructor(private readonly jobs: JobRunner) {}

  async react({ meta, data }: RecordedEvent<ImageLocationRemoved>): Promise<void> {
    if (data.reason === 'removed') await this.jobs.add(removalJob(meta));
  }
}
