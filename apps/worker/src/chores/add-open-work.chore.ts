import { Injectable, Logger } from '@nestjs/common';
import { AddOpenWork } from '../open-work/add-open-work.js';
import type { Chore } from './chore.js';

/** Part of the time that may be spent on it, where there is very much open work. */
const SHARE = 20;

/** Work whose jobs were lost goes on within a minute; jobs that failed for good wait for a start or for `jobs rederive`. */
@Injectable()
export class AddOpenWorkChore implements Chore {
  readonly name = 'the search for open work';
  readonly everyMs = 60_000;
  readonly afterReturn = true;
  private readonly logger = new Logger('Worker');
  private first = true;
  private notBefore = 0;

  constructor(private readonly openWork: AddOpenWork) {}

  async run(signal: AbortSignal): Promise<void> {
    const begun = performance.now();
    if (begun < this.notBefore) return;
    const found = await this.openWork.run(signal, this.first);
    if (this.first) for (const { kind, images } of found) if (images > 0) this.logger.log(`${images} image(s) have open work (${kind}); jobs will do it`);
    this.first = false;
    this.notBefore = begun + (performance.now() - begun) * SHARE;
  }
}
