import { Injectable } from '@nestjs/common';
import { StreamReader } from '#event-store';
import { imageOf, streamOf, type ImageImportRequested, type ImageState } from '#images';
import type { Job } from '../job-runner.js';
import { hashJob } from '../reactors/hash-location-when-added.reactor.js';
import type { OpenWork } from './open-work.js';

/** Images with an added place whose task nobody has ended. */
@Injectable()
export class HashOpenWork implements OpenWork {
  readonly kind = 'hash';

  constructor(private readonly streams: StreamReader) {}

  async jobsFor(imageId: string): Promise<readonly Job[]> {
    const { events, state } = await this.streams.load<ImageState>(streamOf(imageId));
    const taskId = imageOf(imageId, state)?.openImport?.taskId;
    const cause = events.findLast((event) => event.type === 'ImageImportRequested' && (event.data as ImageImportRequested['data']).taskId === taskId);
    return cause && taskId !== undefined ? [hashJob(cause.meta, taskId)] : [];
  }
}
