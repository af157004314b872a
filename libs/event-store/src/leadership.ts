import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Claims, Lease } from './claims.js';

const KIND = 'follower';
const LEASE_MS = 30_000;
const RENEW_MS = 5_000;
const STANDBY_MS = 2_000;
const MAX_BACKOFF_MS = 30_000;

export interface LeadershipOptions {
  readonly claims: Claims;
  /** Never changes: the key of the lease. */
  readonly name: string;
  failed(error: unknown): void;
}

/** The time in which this process leads. */
export interface Term {
  /** Aborts when the end is asked for. */
  readonly signal: AbortSignal;
  /** False: the lease was lost, or the end is asked for. */
  held(): boolean;
  /** What failed before counts no longer. */
  progressed(): void;
}

/** Of all processes that would do the work of a name, one at a time does; when it fails it is tried again, later and later. */
export class Leadership {
  private readonly stopping = new AbortController();
  private readonly holder = newHolder();
  private running: Promise<void> | undefined;

  constructor(private readonly options: LeadershipOptions) {}

  get signal(): AbortSignal {
    return this.stopping.signal;
  }

  /** The work ends soon after its term is no longer held. */
  start(work: (term: Term) => Promise<void>): void {
    this.running ??= this.run(work);
  }

  /** Resolves after the work has ended. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** After so many failures; ends early when the end is asked for. */
  async backOff(failures: number): Promise<void> {
    await this.pause(Math.min(100 * 2 ** failures, MAX_BACKOFF_MS) * (0.5 + Math.random() / 2));
  }

  private async run(work: (term: Term) => Promise<void>): Promise<void> {
    const { claims, name } = this.options;
    for (let failures = 0; !this.signal.aborted; ) {
      try {
        const lease = await take(claims, name, this.holder);
        if (lease) await this.lead(lease, work, () => (failures = 0));
        else await this.pause(STANDBY_MS);
      } catch (error) {
        this.options.failed(error);
        await this.backOff(failures++);
      }
    }
  }

  private async lead(lease: Lease, work: (term: Term) => Promise<void>, progressed: () => void): Promise<void> {
    const kept = keep(this.options.claims, lease);
    try {
      await work({ signal: this.signal, held: () => !this.signal.aborted && kept.held(), progressed });
    } finally {
      await kept.end();
    }
  }

  private async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.signal }).catch(() => undefined);
  }
}

const newHolder = (): string => `${hostname()}/${process.pid}/${randomUUID()}`;

/** Keeps every process from the work of a name until what it answers is called; undefined: one is at it. */
export async function keepFrom(claims: Claims, name: string): Promise<(() => Promise<void>) | undefined> {
  const lease = await take(claims, name, newHolder());
  return lease && keep(claims, lease).end;
}

/** A process of this host that was killed need not be waited for. */
async function take(claims: Claims, name: string, holder: string): Promise<Lease | undefined> {
  const lease = await claims.acquire(KIND, name, holder, LEASE_MS);
  if (lease) return lease;
  const other = await claims.holder(KIND, name);
  const [host, pid] = other?.holder.split('/') ?? [];
  if (!other || host !== hostname() || isAlive(Number(pid))) return undefined;
  await claims.release(other);
  return claims.acquire(KIND, name, holder, LEASE_MS);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

interface Kept {
  held(): boolean;
  end(): Promise<void>;
}

/** Renews the lease until it is ended; answers whether it still holds. */
function keep(claims: Claims, lease: Lease): Kept {
  let until = Date.now() + LEASE_MS;
  const timer = setInterval(() => {
    const asked = Date.now();
    claims.renew(lease, LEASE_MS).then((held) => (until = held ? asked + LEASE_MS : 0), () => undefined);
  }, RENEW_MS);
  return {
    held: () => Date.now() < until,
    async end() {
      clearInterval(timer);
      await claims.release(lease).catch(() => undefined);
    },
  };
}
