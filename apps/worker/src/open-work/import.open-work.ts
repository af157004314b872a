import { Inject, Injectable } from '@nestjs/common';
import { StreamReader } from '#event-store';
import { IMAGE_LIST, streamOf, type ImageImportRequested, type ImageList } from '#images';
import type { Job } from '../job-runner.js';
import { importJob, isImport } from '../reactors/import-image-when-requested.reactor.js';
import type { OpenWork } from './open-work.js';

/** Imports that no event has ended. */
@Injectable()
export class ImportOpenWork implements OpenWork {
  readonly kind = 'import';

  constructor(private readonly streams: StreamReader, @Inject(IMAGE_LIST) private readonly images: ImageList) {}

  async jobsFor(imageId: string): Promise<readonly Job[]> {
    const taskId = (await this.images.find(imageId))?.openImport?.taskId;
    const { events } = await this.streams.load(streamOf(imageId));
    const requested = events.find(({ type, data }) => type === 'ImageImportRequested' && 'taskId' in data && data.taskId === taskId);
    const data = requested?.data as ImageImportRequested['data'] | undefined;
    return requested && data && isImport(data) ? [importJob(data, imageId, requested.meta)] : [];
  }
}
