import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Claims, Lease } from '#event-store';

/** A holder that renews every 5 s loses its lease after 30 s of silence. */
const LEASE_MS = 30_000;
const RENEW_MS = 5_000;

/** `<host>/<pid>/<start time of the process>`: tells a dead process from a new one that got its pid. */
export const holderOfThisProcess = (): string => holderName(process.pid, startTimeOf(process.pid));

const holderName = (pid: number, started: string | undefined): string => `${hostname()}/${pid}/${started ?? 'unknown'}`;

/** Field 22 of /proc/<pid>/stat; the command name before it may hold blanks and parentheses. */
function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

function isDeadHere(holder: string): boolean {
  const [host, pid] = holder.split('/');
  return host === hostname() && pid !== undefined && holder !== holderName(Number(pid), startTimeOf(Number(pid)));
}

/** A dead process of this host need not be waited for. */
async function takeLease(claims: Claims, kind: string, key: string, holder: string): Promise<Lease | undefined> {
  const found = await claims.acquire(kind, key, holder, LEASE_MS);
  if (found) return found;
  const other = await claims.holder(kind, key);
  if (other && isDeadHere(other.holder.split('#')[0] ?? '')) await claims.release(other);
  else if (other) return undefined;
  return claims.acquire(kind, key, holder, LEASE_MS);
}

/** Renews until stopped; calls `lost` once when the lease is another's or cannot be renewed in time, or is not wanted any more. */
function keepLease(claims: Claims, lease: Lease, wanted: () => Promise<boolean>, lost: () => void): () => void {
  let renewedAt = Date.now();
  const timer = setInterval(() => {
    Promise.all([claims.renew(lease, LEASE_MS), wanted()]).then(
      (both) => (both.every(Boolean) ? (renewedAt = Date.now()) : end()),
      () => Date.now() - renewedAt > LEASE_MS - RENEW_MS && end(),
    );
  }, RENEW_MS);
  const end = () => {
    clearInterval(timer);
    lost();
  };
  return () => clearInterval(timer);
}

export const stillHeld = (claims: Claims, lease: Lease): Promise<boolean> => claims.renew(lease, LEASE_MS);

/** Whether somebody alive holds the lease. */
export async function isHeld(claims: Claims, kind: string, key: string): Promise<boolean> {
  const lease = await claims.holder(kind, key);
  return lease !== undefined && !isDeadHere(lease.holder.split('#')[0] ?? '');
}

export interface Leased {
  readonly kind: string;
  readonly key: string;
  /** Of this process and this use of it: `<process>#<use>`. */
  readonly holder: string;
  /** False ends the work as a lost lease does. */
  readonly wanted?: () => Promise<boolean>;
  /** Why the work's signal aborts. */
  readonly lost?: () => Error;
  /** Aborts the work too, where somebody else may. */
  readonly control?: AbortController;
}

/** Does the work as the only one of all processes that holds the lease, renewed as long as it lasts; `busy` answers where somebody alive holds it. */
export async function whileLeased<T>(claims: Claims, { kind, key, holder, wanted = async () => true, lost, control = new AbortController() }: Leased, busy: () => T, work: (held: AbortSignal, lease: Lease) => Promise<T>): Promise<T> {
  const lease = await takeLease(claims, kind, key, holder);
  if (!lease) return busy();
  const stopKeeping = keepLease(claims, lease, wanted, () => control.abort(lost?.() ?? new Error(`The lease on ${kind} ${key} was lost.`)));
  try {
    return await work(control.signal, lease);
  } finally {
    stopKeeping();
    // One that cannot be released expires; it must not turn what was done into an error.
    await claims.release(lease).catch(() => undefined);
  }
}
