import type { Reactor, RecordedEvent } from '#event-store';
import type { ImageDeleted } from '#images';
import { jobId, type JobRunner } from '../job-runner.js';

const NAME = 'delete-data-when-image-deleted';

/** A deleted image's bytes go by a job, which ends in `ImageDataPurged`. */
export class DeleteDataWhenImageDeleted implements Reactor<ImageDeleted> {
  readonly name = NAME;
  readonly types = ['ImageDeleted'] as const;
  readonly from = 'beginning';
  readonly origin = 'any';

  constructor(private readonly jobs: JobRunner) {}

  async react({ meta }: RecordedEvent<ImageDeleted>): Promise<void> {
    const imageId = meta.stream.slice('image-'.length);
    const data = { imageId, causationId: meta.id, correlationId: meta.correlationId };
    await this.jobs.add({ name: 'delete-image-data', id: jobId(meta.id, NAME), data });
  }
}
