import { Injectable } from '@nestjs/common';
import { StreamReader } from '#event-store';
import { imageOf, streamOf, type ImageDeleted, type ImageLocationRemoved, type ImageState } from '#images';
import type { Job } from '../job-runner.js';
import { deletionJobs, givesUpData } from '../reactors/delete-data-when-given-up.reactor.js';
import type { OpenWork } from './open-work.js';

/** Images whose deletion or removed location no purge has answered yet. */
@Injectable()
export class PurgeOpenWork implements OpenWork {
  readonly kind = 'purge';

  constructor(private readonly streams: StreamReader) {}

  async jobsFor(imageId: string): Promise<readonly Job[]> {
    const { state, events } = await this.streams.load<ImageState>(streamOf(imageId));
    const cause = events.findLast((event) => isGivingUp(event) && givesUpData(event));
    return cause ? deletionJobs(cause.meta, imageOf(imageId, state)) : [];
  }
}

const isGivingUp = (event: { readonly type: string }): event is ImageDeleted | ImageLocationRemoved =>
  event.type === 'ImageDeleted' || event.type === 'ImageLocationRemoved';
