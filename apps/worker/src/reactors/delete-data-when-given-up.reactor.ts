import { Inject, Injectable } from '@nestjs/common';
import type { EventMeta, Reactor, RecordedEvent } from '#event-store';
import { streamOf, type ImageDeleted, type ImageLocationRemoved } from '#images';
import { JOB_RUNNER, jobId, type Job, type JobRunner } from '../job-runner.js';

const NAME = 'delete-data-when-given-up';

type GivingUp = ImageDeleted | ImageLocationRemoved;

/** Bytes that no image has any more, from now on: not those that wait for a scrubber, nor a place that is only described anew. */
export const givesUpData = ({ type, data }: GivingUp): boolean => (type === 'ImageDeleted' ? data.scrubAfter === undefined : data.reason === 'removed');

/** The same job for the same event, whoever adds it. */
export const deletionJob = ({ id, stream, correlationId }: EventMeta): Job => ({
  name: 'delete-image-data',
  id: jobId(id, NAME),
  data: { imageId: stream.slice(streamOf('').length), causationId: id, correlationId },
});

/** The bytes of a deleted image, or at a removed location, go by a job, which ends in `ImageDataPurged`. */
@Injectable()
export class DeleteDataWhenGivenUp implements Reactor<GivingUp> {
  readonly name = NAME;
  readonly types = ['ImageDeleted', 'ImageLocationRemoved'] as const;
  readonly from = 'beginning';
  readonly origin = 'any';

  constructor(@Inject(JOB_RUNNER) private readonly jobs: JobRunner) {}

  async react(event: RecordedEvent<GivingUp>): Promise<void> {
    if (givesUpData(event as GivingUp)) await this.jobs.add(deletionJob(event.meta));
  }
}
