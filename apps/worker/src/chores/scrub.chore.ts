import { Inject, Injectable, Logger } from '@nestjs/common';
import { Scrubber } from '#images';
import { workerContext } from '../worker-context.js';
import { WORKER_OPTIONS, type WorkerOptions } from '../worker.options.js';
import type { Chore } from './chore.js';

/** Timers cannot wait longer. */
const LONGEST_MS = 2 ** 31 - 1;

/** Takes the data of deleted images whose time has come; nothing where another process, or `glance-scrubber`, is at it. */
@Injectable()
export class ScrubChore implements Chore {
  readonly name = 'the scrubbing of deleted images';
  readonly everyMs: number;
  private readonly log = new Logger('Worker');

  constructor(private readonly scrubber: Scrubber, @Inject(WORKER_OPTIONS) private readonly options: WorkerOptions) {
    this.everyMs = Math.min((options.scrubbing?.everySeconds ?? Infinity) * 1000, LONGEST_MS);
  }

  async run(signal: AbortSignal): Promise<void> {
    const { scrubbing } = this.options;
    const done = scrubbing && (await this.scrubber.scrub(workerContext(), { parallel: scrubbing.parallel, signal }));
    if (done && done.scrubbed > 0) this.log.log(`scrubbed ${done.scrubbed} deleted image(s)`);
    if (done && done.kept > 0) this.log.warn(`${done.kept} deleted image(s) keep data that could not be removed; tried again in ${this.everyMs / 1000} s`);
  }
}
