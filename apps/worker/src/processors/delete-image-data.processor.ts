import { Injectable } from '@nestjs/common';
import { DataPurge } from '#images';
import type { Processor } from '../job-runner.js';
import type { DeleteImageData } from '../queues.js';
import { workerContext } from '../worker-context.js';

/** Removes the bytes of a deleted image, or at its removed locations, from every store that has them. */
@Injectable()
export class DeleteImageDataProcessor implements Processor {
  readonly name = 'delete-image-data';

  constructor(private readonly data: DataPurge) {}

  async process({ imageId, causationId, correlationId }: DeleteImageData, signal: AbortSignal): Promise<void> {
    await this.data.run(workerContext({ causationId, correlationId }), imageId, signal);
  }
}
