import type { Checkpoints } from './checkpoints.js';
import type { Claims } from './claims.js';
import type { EventStore, LogFilter } from './event-store.js';
import type { LoggedEvent } from './event.js';
import { Leadership, type Term } from './leadership.js';
import { Wake } from './wake.js';

const POLL_MS = 1_000;
const PAGE = 500;
/** Positions passed over without a matching event are written down this seldom: each time costs a commit. */
const UNWRITTEN = 1_000n;

/** What of the log is needed to follow it. */
export type FollowedLog = Pick<EventStore, 'readLog' | 'head' | 'onAppended'>;

export interface FollowerOptions {
  readonly store: FollowedLog;
  readonly claims: Claims;
  readonly checkpoints: Checkpoints;
  /** Never changes: the key of the checkpoint and of the lease. */
  readonly name: string;
  readonly from: 'now' | 'beginning';
  readonly filter?: LogFilter;
  handle(event: LoggedEvent): Promise<void>;
  failed(error: unknown, event?: LoggedEvent): void;
}

/**
 * Hands each matching event of the log to `handle`, in log order, at least once; one process at a time for a name. The
 * checkpoint moves after `handle` resolved; when it rejects, the same event comes again, later and later.
 */
export class Follower {
  private readonly leadership: Leadership;
  private readonly news = new Wake();
  private unsubscribe: (() => void) | undefined;
  private written = 0n;

  constructor(private readonly options: FollowerOptions) {
    const { claims, name } = options;
    this.leadership = new Leadership({ claims, name, failed: (error) => options.failed(error) });
  }

  start(): void {
    this.unsubscribe ??= this.options.store.onAppended(() => this.news.now());
    this.leadership.start((term) => this.lead(term));
  }

  /** Resolves after the event that is being handled has been handled and its checkpoint written. */
  async stop(): Promise<void> {
    await this.leadership.stop();
    this.unsubscribe?.();
  }

  private async lead(term: Term): Promise<void> {
    let position = await this.begin();
    term.progressed();
    while (term.held()) {
      const reached = await this.page(position, term);
      if (reached === undefined) return;
      if (reached === position) await this.news.after(POLL_MS, term.signal);
      position = reached;
    }
  }

  private async begin(): Promise<bigint> {
    const { store, checkpoints, name, from } = this.options;
    const found = await checkpoints.read(name);
    if (found !== undefined) return (this.written = found);
    const position = from === 'now' ? await store.head() : 0n;
    await this.write(position);
    return position;
  }

  private async write(position: bigint): Promise<void> {
    await this.options.checkpoints.write(this.options.name, position);
    this.written = position;
  }

  /** Position up to which all is handled; undefined where the lease was lost or the end has come in between. */
  private async page(after: bigint, term: Term): Promise<bigint | undefined> {
    const { store, filter } = this.options;
    const { events, reached } = await store.readLog({ after, limit: PAGE, filter });
    for (const event of events) {
      if (!term.held() || !(await this.handled(event))) return undefined;
      await this.write(event.position);
    }
    if (reached - this.written >= UNWRITTEN) await this.write(reached);
    return reached;
  }

  private async handled(event: LoggedEvent): Promise<boolean> {
    for (let failures = 0; ; failures++) {
      try {
        await this.options.handle(event);
        return true;
      } catch (error) {
        this.options.failed(error, event);
        await this.leadership.backOff(failures);
        if (this.leadership.signal.aborted) return false;
      }
    }
  }
}
