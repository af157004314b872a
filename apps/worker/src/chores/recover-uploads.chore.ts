import { Injectable, Logger } from '@nestjs/common';
import { RecoverUploads } from '#images';
import { workerContext } from '../worker-context.js';
import type { Chore } from './chore.js';

/** Queues again the images whose upload was going to a process that has died. */
@Injectable()
export class RecoverUploadsChore implements Chore {
  readonly name = 'the recovery of uploads';
  /** How soon one whose process died on another host is noticed, beside its lease of 30 s. */
  readonly everyMs = 10_000;
  readonly beforeStart = true;
  readonly afterDeath = true;
  private readonly logger = new Logger('Worker');

  constructor(private readonly uploads: RecoverUploads) {}

  async run(): Promise<void> {
    const ended = await this.uploads.run(workerContext());
    if (ended > 0) this.logger.warn(`${ended} upload(s) of processes that died were ended; their images are queued again`);
  }
}
