import type { OpenRequestCounts, RequestCounts } from '#access';

/** A worker asks whether one more request of a key is within a limit. */
export interface Count {
  readonly kind: 'count';
  readonly ticket: number;
  readonly name: string;
  readonly limit: number;
  readonly intervalMs: number;
  readonly key: string;
}

export interface Counted {
  readonly kind: 'counted';
  readonly ticket: number;
  /** Ms until there is room; undefined: it is within the limit. */
  readonly wait: number | undefined;
}

/** The primary's side: counts for all workers, also for those that leave with older limits. */
export class CountsOfAll {
  private readonly counts = new Map<string, RequestCounts>();

  async answer({ ticket, name, limit, intervalMs, key }: Count): Promise<Counted> {
    // A primary without limits does without what is behind this.
    const { MemoryCounts } = await import('#access');
    const which = `${name} ${limit} ${intervalMs}`;
    const counts = this.counts.get(which) ?? new MemoryCounts(limit, intervalMs);
    this.counts.set(which, counts);
    return { kind: 'counted', ticket, wait: await counts.take(key) };
  }
}

/** A worker's side. */
export class CountsByPrimary {
  private readonly waiting = new Map<number, (wait: number | undefined) => void>();
  private tickets = 0;

  /** `failed` is called where nobody is there to hear it. */
  constructor(private readonly send: (asked: Count, failed: () => void) => void) {}

  readonly open: OpenRequestCounts = (name, limit, intervalMs) => ({ take: (key) => this.ask({ name, limit, intervalMs, key }), close: () => undefined });

  hear({ ticket, wait }: Counted): void {
    this.waiting.get(ticket)?.(wait);
    this.waiting.delete(ticket);
  }

  private ask(asked: Omit<Count, 'kind' | 'ticket'>): Promise<number | undefined> {
    const ticket = (this.tickets += 1);
    return new Promise((resolve) => {
      this.waiting.set(ticket, resolve);
      // Where the primary is gone this process ends too; what it has begun is not refused for that.
      this.send({ kind: 'count', ticket, ...asked }, () => this.hear({ kind: 'counted', ticket, wait: undefined }));
    });
  }
}
