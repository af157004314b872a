import { Injectable } from '@nestjs/common';
import { StreamReader } from '#event-store';
import { imageOf, streamOf, type ImageDataPurged, type ImageDeleted, type ImageState } from '#images';
import type { Job } from '../job-runner.js';
import { endsImage, keyJob } from '../reactors/delete-key-when-image-gone.reactor.js';
import type { OpenWork } from './open-work.js';

/** Deleted images whose encryption key is to go with them, and of which nobody has said yet what came of it. */
@Injectable()
export class EncryptionKeyOpenWork implements OpenWork {
  readonly kind = 'encryption-key';

  constructor(private readonly streams: StreamReader) {}

  async jobsFor(imageId: string): Promise<readonly Job[]> {
    const { state, events } = await this.streams.load<ImageState>(streamOf(imageId));
    const { scrubAfter = null } = imageOf(imageId, state) ?? {};
    const cause = events.findLast((event) => isGoing(event) && endsImage(event, scrubAfter));
    return cause ? [keyJob(cause.meta)] : [];
  }
}

const isGoing = (event: { readonly type: string }): event is ImageDeleted | ImageDataPurged => event.type === 'ImageDeleted' || event.type === 'ImageDataPurged';
