import { Inject, Injectable, Logger } from '@nestjs/common';
import { LostImports } from '#images';
import { workerContext } from '../worker-context.js';
import { WORKER_OPTIONS, type WorkerOptions } from '../worker.options.js';
import type { Chore } from './chore.js';

/** Says that this node is alive, and ends what waits for nodes that are not. */
@Injectable()
export class LostImportsChore implements Chore {
  readonly name = 'the search for imports of nodes that are gone';
  readonly everyMs = 15_000;
  readonly beforeStart = true;
  private readonly logger = new Logger('Worker');

  constructor(private readonly lost: LostImports, @Inject(WORKER_OPTIONS) private readonly options: WorkerOptions) {}

  async run(signal: AbortSignal): Promise<void> {
    await this.lost.alive(this.options.jobs.nodes ?? []);
    const ended = await this.lost.run(workerContext(), signal);
    if (ended > 0) this.logger.warn(`${ended} import(s) waited for nodes that are gone; their images are queued again`);
  }
}
