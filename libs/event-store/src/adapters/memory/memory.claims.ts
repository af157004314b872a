import type { Claims, Lease } from '../../claims.js';
import type { WallClock } from '../../clock.js';

/** One process, lost at exit. */
export function createMemoryClaims(now: WallClock = Date.now): Claims {
  return new MemoryClaims(now);
}

class MemoryClaims implements Claims {
  private readonly leases = new Map<string, Lease>();
  private readonly names = new Map<string, string>();
  private fence = 0n;

  constructor(private readonly now: WallClock) {}

  async acquire(kind: string, key: string, holder: string, ttlMs: number): Promise<Lease | undefined> {
    const found = this.leases.get(at(kind, key));
    if (found && found.holder !== holder && this.live(found)) return undefined;
    const fence = found?.holder === holder ? found.fence : (this.fence += 1n);
    return this.keep({ kind, key, holder, fence, expiresAt: this.in(ttlMs) });
  }

  async renew(lease: Lease, ttlMs: number): Promise<boolean> {
    const held = this.isHeld(lease);
    if (held) this.keep({ ...lease, expiresAt: this.in(ttlMs) });
    return held;
  }

  async release(lease: Lease): Promise<void> {
    if (this.isHeld(lease)) this.leases.delete(at(lease.kind, lease.key));
  }

  async holder(kind: string, key: string): Promise<Lease | undefined> {
    const found = this.leases.get(at(kind, key));
    return found && this.live(found) ? found : undefined;
  }

  async expired(kind: string, limit: number): Promise<Lease[]> {
    return [...this.leases.values()]
      .filter((lease) => lease.kind === kind && !this.live(lease))
      .sort((a, b) => a.expiresAt.getTime() - b.expiresAt.getTime())
      .slice(0, limit);
  }

  async held(): Promise<ReadonlyMap<string, number>> {
    const held = new Map<string, number>();
    for (const lease of this.leases.values()) if (this.live(lease)) held.set(lease.kind, (held.get(lease.kind) ?? 0) + 1);
    return held;
  }

  async expireHolders(prefix: string, except: readonly string[]): Promise<number> {
    const ended = [...this.leases.values()].filter(
      (lease) => lease.holder.startsWith(prefix) && !except.includes(lease.holder) && this.live(lease),
    );
    for (const lease of ended) this.keep({ ...lease, expiresAt: this.in(0) });
    return ended.length;
  }

  async name(kind: string, key: string, holder: string): Promise<boolean> {
    const owner = this.names.get(at(kind, key)) ?? holder;
    this.names.set(at(kind, key), owner);
    return owner === holder;
  }

  async unname(kind: string, key: string, holder: string): Promise<void> {
    if (this.names.get(at(kind, key)) === holder) this.names.delete(at(kind, key));
  }

  async named(kind: string, key: string): Promise<string | undefined> {
    return this.names.get(at(kind, key));
  }

  private keep(lease: Lease): Lease {
    this.leases.set(at(lease.kind, lease.key), lease);
    return lease;
  }

  private isHeld({ kind, key, holder, fence }: Lease): boolean {
    const found = this.leases.get(at(kind, key));
    return found?.holder === holder && found.fence === fence;
  }

  private live = (lease: Lease): boolean => lease.expiresAt.getTime() > this.now();

  private in = (ms: number): Date => new Date(this.now() + ms);
}

const at = (kind: string, key: string): string => JSON.stringify([kind, key]);
