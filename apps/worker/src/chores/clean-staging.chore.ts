import { Injectable, Logger } from '@nestjs/common';
import { StagingCleaner } from '#images';
import type { Chore } from './chore.js';

/** Removes, at the start and from then on now and then, staged files that no image waits for. */
@Injectable()
export class CleanStagingChore implements Chore {
  readonly name = 'the cleaning of the staging area';
  readonly everyMs = 3_600_000;
  private readonly logger = new Logger('Worker');

  constructor(private readonly staging: StagingCleaner) {}

  async run(signal: AbortSignal): Promise<void> {
    const { files, parts } = await this.staging.run(signal);
    if (files + parts > 0) this.logger.warn(`removed from the staging area what no image waits for: ${files} file(s), and ${parts} that dead processes had worked on`);
  }
}
