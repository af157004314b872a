import { Inject, Injectable, Logger } from '@nestjs/common';
import { CHORE_LIST, type Chore } from './chore.js';

/** Runs every chore by its own clock, each never twice at a time. */
@Injectable()
export class ChoreRunner {
  private readonly logger = new Logger('Chores');
  private readonly stopping = new AbortController();
  private readonly timers = new Map<Chore, NodeJS.Timeout>();
  private readonly running = new Map<Chore, Promise<void>>();

  constructor(@Inject(CHORE_LIST) private readonly chores: readonly Chore[]) {}

  /** Resolves when those that the start waits for have run once. */
  async start(): Promise<void> {
    const first = this.chores.map((chore) => ({ chore, run: this.run(chore) }));
    await Promise.all(first.filter(({ chore }) => chore.beforeStart).map(({ run }) => run));
  }

  /** Resolves when what a death may have left is taken up. */
  async afterDeath(): Promise<void> {
    await Promise.all(this.chores.filter((chore) => chore.afterDeath).map((chore) => this.run(chore)));
  }

  /** Resolves when what the queues may have forgotten is there again. */
  async afterReturn(): Promise<void> {
    await Promise.all(this.chores.filter((chore) => chore.afterReturn).map((chore) => this.run(chore)));
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    for (const timer of this.timers.values()) clearTimeout(timer);
    await Promise.all(this.running.values());
  }

  /** After the run that is under way, which may have begun too early. */
  private run(chore: Chore): Promise<void> {
    const run = (this.running.get(chore) ?? Promise.resolve()).then(() => this.once(chore));
    this.running.set(chore, run);
    return run;
  }

  private async once(chore: Chore): Promise<void> {
    if (this.stopping.signal.aborted) return;
    clearTimeout(this.timers.get(chore));
    try {
      await chore.run(this.stopping.signal);
    } catch (error) {
      this.logger.error(`${chore.name} failed, will be tried again in ${chore.everyMs / 1000} s: ${String(error)}`);
    }
    if (!this.stopping.signal.aborted) this.timers.set(chore, setTimeout(() => void this.run(chore), chore.everyMs).unref());
  }
}
