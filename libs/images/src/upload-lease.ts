import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Claims, Lease } from '#event-store';

/** A holder that renews every 5 s loses its lease after 30 s of silence. */
const LEASE_MS = 30_000;
const RENEW_MS = 5_000;

const KIND = 'upload';

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

export function isDeadHere(holder: string): boolean {
  const [host, pid] = holder.split('/');
  return host === hostname() && pid !== undefined && holder !== holderName(Number(pid), startTimeOf(Number(pid)));
}

/** Takes the lease on an image's bytes; undefined while somebody alive holds it. */
export const takeUpload = (claims: Claims, imageId: string, holder: string): Promise<Lease | undefined> =>
  takeLease(claims, KIND, imageId.toLowerCase(), holder);

/** A dead process of this host need not be waited for. */
export async function takeLease(claims: Claims, kind: string, key: string, holder: string): Promise<Lease | undefined> {
  const found = await claims.acquire(kind, key, holder, LEASE_MS);
  if (found) return found;
  const other = await claims.holder(kind, key);
  if (other && isDeadHere(other.holder.split('#')[0] ?? '')) await claims.release(other);
  else if (other) return undefined;
  return claims.acquire(kind, key, holder, LEASE_MS);
}

/** Renews until stopped; calls `lost` once when the lease is another's or cannot be renewed in time, or is not wanted any more. */
export function keepLease(claims: Claims, lease: Lease, wanted: () => Promise<boolean>, lost: () => void): () => void {
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
