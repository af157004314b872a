import { Inject, Injectable } from '@nestjs/common';
import type { EventMeta, Reactor, RecordedEvent } from '#event-store';
import { IMAGE_LIST, imageIdOf, type Image, type ImageDeleted, type ImageList, type ImageLocationRemoved } from '#images';
import { JOB_RUNNER, jobId, type Job, type JobRunner } from '../job-runner.js';

const NAME = 'delete-data-when-given-up';

type GivingUp = ImageDeleted | ImageLocationRemoved;

/** Bytes that no image has any more, from now on: not those that wait for a scrubber, nor a place that is only described anew. */
export const givesUpData = ({ type, data }: GivingUp): boolean => (type === 'ImageDeleted' ? data.scrubAfter === undefined : data.reason === 'removed');

/** The same jobs for the same event, whoever adds them; one more for the node on whose own disk bytes of the image are staged. */
export function deletionJobs({ id, stream, correlationId }: EventMeta, image: Image | undefined): Job[] {
  const data = { imageId: imageIdOf(stream), causationId: id, correlationId };
  const node = image?.staged?.node;
  return [
    { name: 'delete-image-data', id: jobId(id, NAME), data },
    ...(node === undefined ? [] : [{ name: 'delete-image-data' as const, id: jobId(id, NAME, 'staged'), data, node }]),
  ];
}

/** The bytes of a deleted image, or at a removed location, go by a job, which ends in `ImageDataPurged`. */
@Injectable()
export class DeleteDataWhenGivenUp implements Reactor<GivingUp> {
  readonly name = NAME;
  readonly types = ['ImageDeleted', 'ImageLocationRemoved'] as const;
  readonly from = 'beginning';
  readonly origin = 'any';

  constructor(@Inject(JOB_RUNNER) private readonly jobs: JobRunner, @Inject(IMAGE_LIST) private readonly images: ImageList) {}

  async react(event: RecordedEvent<GivingUp>): Promise<void> {
    if (!givesUpData(event as GivingUp)) return;
    const { meta } = event;
    const image = await this.images.find(imageIdOf(meta.stream));
    for (const job of deletionJobs(meta, image)) await this.jobs.add(job);
  }
}
