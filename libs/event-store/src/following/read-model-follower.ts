import { Logger, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Claims } from '../claims.js';
import type { EventStore } from '../event-store.js';
import type { FollowedLog } from '../follower.js';
import { Leadership, type Term } from '../leadership.js';
import { Projector, type ProjectorOptions } from '../projector/projector.js';
import { Wake } from '../wake.js';
import { logUpTo } from './log-up-to.js';

/** Of the checkpoint, and of the lease of who moves it. */
export const READ_MODEL = 'read-model';

/** How long a command's answer waits for what it did to be seen (architecture §3). */
const VISIBLE_MS = 2_000;
const POLL_MS = 1_000;
/** How often whoever waits looks at the checkpoint: a read of one row. */
const LOOK_MS = 4;
const TELL_MS = 5_000;

export interface ReadModelFollowerOptions extends Omit<ProjectorOptions<unknown>, 'store' | 'name'> {
  readonly store: EventStore;
  readonly claims: Claims;
  /** False: other processes move the read models on. */
  readonly runs: boolean;
}

/**
 * Read models that are not written with the append: one process at a time writes them as the log grows, and every process
 * can wait until they show an event.
 */
export class ReadModelFollower implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger = new Logger('ReadModel');
  private readonly leadership: Leadership;
  private readonly news = new Wake();
  private readonly moved = new Set<() => void>();
  private looking: Promise<bigint> | undefined;
  private chasing = false;
  private again = false;
  private unsubscribe: (() => void) | undefined;
  private late: () => void = () => undefined;

  constructor(private readonly options: ReadModelFollowerOptions) {
    const { claims } = options;
    this.leadership = new Leadership({ claims, name: READ_MODEL, failed: (error) => this.logger.error(`the log could not be followed, will try again: ${String(error)}`) });
  }

  /** Is called where an answer goes out before it can be read. */
  onLate(late: () => void): void {
    this.late = late;
  }

  /** For reactors: what they do next may read. */
  get log(): FollowedLog {
    const { store } = this.options;
    return {
      ...logUpTo(store, () => this.position()),
      onAppended: (wake) => {
        const listener = () => wake();
        this.moved.add(listener);
        const unsubscribe = store.onAppended(() => void this.chase());
        return () => {
          this.moved.delete(listener);
          unsubscribe();
        };
      },
    };
  }

  onModuleInit(): void {
    const { runs, store } = this.options;
    if (!runs) return;
    this.unsubscribe = store.onAppended(() => this.news.now());
    this.leadership.start((term) => this.lead(term));
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.leadership.stop();
    this.unsubscribe?.();
  }

  /** Resolves once the event can be read, or two seconds have passed. */
  async visible(stream: string, revision: number): Promise<void> {
    const signal = AbortSignal.timeout(VISIBLE_MS);
    try {
      const position = await this.positionOf(stream, revision, signal);
      await this.reached(position, signal);
    } catch (error) {
      if (!signal.aborted) this.logger.warn(`whether ${stream} can be read is not known: ${String(error)}`);
      this.late();
    }
  }

  /** Resolves once everything can be read that is in the log now; tells how far it is where that takes time. */
  async caughtUp(): Promise<void> {
    const head = await this.options.store.head();
    const timer = setInterval(() => {
      void this.position().then((at) => this.logger.log(`the read models follow the log: at ${at} of ${head}`), () => undefined);
    }, TELL_MS);
    try {
      await this.reached(head, this.leadership.signal);
    } finally {
      clearInterval(timer);
    }
  }

  private async lead({ held, progressed, signal }: Term): Promise<void> {
    const projector = new Projector({ ...this.options, name: READ_MODEL });
    for (let position: bigint | undefined; held(); ) {
      const reached = await projector.next();
      progressed();
      if (reached === position) await this.news.after(POLL_MS, signal);
      position = reached;
    }
  }

  /** Wakes whoever reads the log once the read models are where it ended; the process that writes them may be another. */
  private async chase(): Promise<void> {
    this.again = true;
    if (this.chasing) return;
    this.chasing = true;
    try {
      while (this.again) {
        this.again = false;
        await this.reached(await this.options.store.head(), AbortSignal.timeout(POLL_MS));
        for (const wake of this.moved) wake();
      }
    } catch {
      // They look by themselves every second.
    } finally {
      this.chasing = false;
    }
  }

  private async position(): Promise<bigint> {
    return (await this.options.target.checkpoint(READ_MODEL)) ?? 0n;
  }

  private async positionOf(stream: string, revision: number, signal: AbortSignal): Promise<bigint> {
    for (;;) {
      const position = await this.options.store.positionOf(stream, revision);
      if (position !== undefined) return position;
      await sleep(LOOK_MS, undefined, { signal });
    }
  }

  private async reached(position: bigint, signal: AbortSignal): Promise<void> {
    while ((await this.look()) < position) await sleep(LOOK_MS, undefined, { signal });
  }

  /** All that wait at a time look once. */
  private look(): Promise<bigint> {
    return (this.looking ??= this.position().finally(() => (this.looking = undefined)));
  }
}
