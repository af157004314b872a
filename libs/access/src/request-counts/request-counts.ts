import { LRUCache } from 'lru-cache';

/** Counts requests by key. */
export interface RequestCounts {
  /** Counts one more; undefined: it is within the limit, else ms until there is room. */
  take(key: string): number | undefined | Promise<number | undefined>;
  close(): void;
}

/** `limit` requests of each key in an interval of so many ms; `name` tells what is counted. */
export type OpenRequestCounts = (name: string, limit: number, intervalMs: number) => RequestCounts;

interface Window {
  readonly endsAt: number;
  count: number;
}

/** Beyond so many in one interval, those that were quiet longest begin anew: a flood from everywhere takes no more memory. */
const MOST_KEYS = 50_000;

/** In this process. An interval begins with a key's first request. */
export class MemoryCounts implements RequestCounts {
  private readonly windows: LRUCache<string, Window>;

  constructor(private readonly limit: number, private readonly intervalMs: number, private readonly now: () => number = () => performance.now(), mostKeys = MOST_KEYS) {
    this.windows = new LRUCache({ max: mostKeys });
  }

  take(key: string): number | undefined {
    const now = this.now();
    const window = this.windows.get(key);
    if (!window || window.endsAt <= now) {
      this.windows.set(key, { endsAt: now + this.intervalMs, count: 1 });
      return undefined;
    }
    if (window.count >= this.limit) return window.endsAt - now;
    window.count += 1;
    return undefined;
  }

  get size(): number {
    return this.windows.size;
  }

  close(): void {
    this.windows.clear();
  }
}
