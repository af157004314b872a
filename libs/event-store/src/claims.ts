/** Process state with an expiry, never history; may be lost (architecture §3). All times in ms. */
export interface Claims {
  /**
   * Takes or renews the lease on (kind, key) for `holder`; undefined while another holds it unexpired. The fence grows
   * with each change of holder and stays the same on renewal.
   */
  acquire(kind: string, key: string, holder: string, ttlMs: number): Promise<Lease | undefined>;
  /** Extends the lease; false when it was lost (expired and taken, or released), whoever holds it now. */
  renew(lease: Lease, ttlMs: number): Promise<boolean>;
  /** Ends the lease if it is still this one; never another's. */
  release(lease: Lease): Promise<void>;
  /** Current lease on (kind, key), expired ones left out. */
  holder(kind: string, key: string): Promise<Lease | undefined>;
  /** Leases of a kind whose time is over, oldest first. They stay until taken or removed with `release`. */
  expired(kind: string, limit: number): Promise<Lease[]>;
  /** How many leases of each kind are held, expired ones left out. */
  held(): Promise<ReadonlyMap<string, number>>;
  /** Ends, at once, all leases whose holder starts with the prefix, but those of the holders named; returns how many. */
  expireHolders(prefix: string, except: readonly string[]): Promise<number>;
  /** Claims a unique name for `holder`; false while another holds it. Without expiry until `unname`. */
  name(kind: string, key: string, holder: string): Promise<boolean>;
  unname(kind: string, key: string, holder: string): Promise<void>;
  /** Who holds the name. */
  named(kind: string, key: string): Promise<string | undefined>;
}

export interface Lease {
  readonly kind: string;
  readonly key: string;
  readonly holder: string;
  readonly fence: bigint;
  readonly expiresAt: Date;
}
