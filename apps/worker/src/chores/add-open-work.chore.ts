import { Injectable, Logger } from '@nestjs/common';
import { AddOpenWork } from '../open-work/add-open-work.js';
import type { Chore } from './chore.js';

/** Work whose jobs were lost goes on within a minute; jobs that failed for good wait for a start or for `jobs rederive`. */
@Injectable()
export class AddOpenWorkChore implements Chore {
  readonly name = 'the search for open work';
  readonly everyMs = 60_000;
  private readonly logger = new Logger('Worker');
  private first = true;

  constructor(private readonly openWork: AddOpenWork) {}

  async run(signal: AbortSignal): Promise<void> {
    const found = await this.openWork.run(signal, this.first);
    if (this.first) for (const { kind, images } of found) if (images > 0) this.logger.log(`${images} image(s) have open work (${kind}); jobs will do it`);
    this.first = false;
  }
}
