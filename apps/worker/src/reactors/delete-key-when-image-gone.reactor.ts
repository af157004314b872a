import { Inject, Injectable } from '@nestjs/common';
import type { EventMeta, Reactor, RecordedEvent } from '#event-store';
import { IMAGE_LIST, imageIdOf, type ImageDataPurged, type ImageDeleted, type ImageList } from '#images';
import { JOB_RUNNER, jobId, type Job, type JobRunner } from '../job-runner.js';

const NAME = 'delete-key-when-image-gone';

type Going = ImageDeleted | ImageDataPurged;

/** Deleted for good: at once, or by the scrubber that took its data. */
export const endsImage = ({ type, data }: Going, scrubAfter: string | null): boolean =>
  type === 'ImageDeleted' ? data.scrubAfter === undefined : scrubAfter !== null;

export const keyJob = ({ id, stream, correlationId }: EventMeta): Job => ({
  name: 'delete-encryption-key',
  id: jobId(id, NAME),
  data: { imageId: imageIdOf(stream), causationId: id, correlationId },
});

/** The key that a deleted image's data was encrypted with goes by a job, where it is to go with the image. */
@Injectable()
export class DeleteKeyWhenImageGone implements Reactor<Going> {
  readonly name = NAME;
  readonly types = ['ImageDeleted', 'ImageDataPurged'] as const;
  readonly from = 'beginning';
  readonly origin = 'any';

  constructor(@Inject(JOB_RUNNER) private readonly jobs: JobRunner, @Inject(IMAGE_LIST) private readonly images: ImageList) {}

  async react(event: RecordedEvent<Going>): Promise<void> {
    const image = await this.images.find(imageIdOf(event.meta.stream));
    if (image && image.keyToDelete !== null && endsImage(event as Going, image.scrubAfter)) await this.jobs.add(keyJob(event.meta));
  }
}
