import { Injectable } from '@nestjs/common';
import { EncryptionKeys } from '#images';
import type { Processor } from '../job-runner.js';
import type { DeleteEncryptionKey } from '../queues.js';
import { workerContext } from '../worker-context.js';

/** Deletes the key that goes with a deleted image, with the service's own rights. */
@Injectable()
export class DeleteEncryptionKeyProcessor implements Processor {
  readonly name = 'delete-encryption-key';

  constructor(private readonly keys: EncryptionKeys) {}

  async process({ imageId, causationId, correlationId }: DeleteEncryptionKey, signal: AbortSignal): Promise<void> {
    await this.keys.deleteAsService(workerContext({ causationId, correlationId }), imageId, signal);
  }
}
