import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Checkpoints } from './checkpoints.js';
import type { Claims, Lease } from './claims.js';
import type { EventStore, LogFilter } from './event-store.js';
import type { LoggedEvent } from './event.js';
import { Wake } from './wake.js';

const LEASE_MS = 30_000;
const RENEW_MS = 5_000;
const STANDBY_MS = 2_000;
const POLL_MS = 1_000;
const PAGE = 500;
const MAX_BACKOFF_MS = 30_000;
/** Positions passed over without a matching event are written down this seldom: each time costs a commit. */
const UNWRITTEN = 1_000n;

export interface FollowerOptions {
  readonly store: EventStore;
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
  private readonly stopping = new AbortController();
  private readonly holder = `${hostname()}/${process.pid}/${randomUUID()}`;
  private running: Promise<void> | undefined;
  private readonly news = new Wake();
  private written = 0n;

  constructor(private readonly options: FollowerOptions) {}

  start(): void {
    this.running ??= this.run();
  }

  /** Resolves after the event that is being handled has been handled and its checkpoint written. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private get stopped(): boolean {
    return this.stopping.signal.aborted;
  }

  private async run(): Promise<void> {
    const { store, claims, name } = this.options;
    const unsubscribe = store.onAppended(() => this.news.now());
    for (let failures = 0; !this.stopped; ) {
      try {
        const lease = await claims.acquire('follower', name, this.holder, LEASE_MS);
        if (lease) await this.lead(lease, () => (failures = 0));
        else if (!(await this.releaseOfTheDead())) await this.pause(STANDBY_MS);
      } catch (error) {
        this.options.failed(error);
        await this.pause(backoff(failures++));
      }
    }
    unsubscribe();
  }

  private async lead(lease: Lease, progressed: () => void): Promise<void> {
    const held = keep(this.options.claims, lease);
    try {
      let position = await this.begin();
      progressed();
      while (!this.stopped && held()) {
        const reached = await this.page(position, held);
        if (reached === undefined) return;
        if (reached === position) await this.news.after(POLL_MS, this.stopping.signal);
        position = reached;
      }
    } finally {
      await held.end();
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

  /** A process of this host that was killed need not be waited for. */
  private async releaseOfTheDead(): Promise<boolean> {
    const { claims, name } = this.options;
    const lease = await claims.holder('follower', name);
    const [host, pid] = lease?.holder.split('/') ?? [];
    if (!lease || host !== hostname() || isAlive(Number(pid))) return false;
    await claims.release(lease);
    return true;
  }

  /** Position up to which all is handled; undefined where the lease was lost or the end has come in between. */
  private async page(after: bigint, held: () => boolean): Promise<bigint | undefined> {
    const { store, filter } = this.options;
    const { events, reached } = await store.readLog({ after, limit: PAGE, filter });
    for (const event of events) {
      if (this.stopped || !held() || !(await this.handled(event))) return undefined;
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
        await this.pause(backoff(failures));
        if (this.stopped) return false;
      }
    }
  }

  private async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

const backoff = (failures: number): number => Math.min(100 * 2 ** failures, MAX_BACKOFF_MS) * (0.5 + Math.random() / 2);

interface Held {
  (): boolean;
  end(): Promise<void>;
}

/** Renews the lease until it is ended; answers whether it still holds. */
function keep(claims: Claims, lease: Lease): Held {
  let until = Date.now() + LEASE_MS;
  const timer = setInterval(() => {
    const asked = Date.now();
    claims.renew(lease, LEASE_MS).then((held) => (until = held ? asked + LEASE_MS : 0), () => undefined);
  }, RENEW_MS);
  const end = async () => {
    clearInterval(timer);
    await claims.release(lease).catch(() => undefined);
  };
  return Object.assign(() => Date.now() < until, { end });
}
