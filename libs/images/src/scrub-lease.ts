import { randomUUID } from 'node:crypto';
import type { Claims } from '#event-store';
import { whileLeased } from './leases.js';

const KIND = 'scrub';
const KEY = 'all';

export interface OneAtATime {
  readonly claims: Claims;
  /** This process; each use is told apart. */
  readonly holder: string;
  /** Ends the work, with its reason. */
  readonly signal?: AbortSignal;
}

/**
 * Only one at a time, of all processes, takes the data of images that wait, or brings such an image back. undefined where
 * another is at it. The signal that the work gets aborts when the lease is lost: nothing may be taken after that.
 */
export async function aloneAtScrub<T>({ claims, holder, signal }: OneAtATime, work: (held: AbortSignal) => Promise<T>): Promise<T | undefined> {
  const lease = { kind: KIND, key: KEY, holder: `${holder}#scrub-${randomUUID()}` };
  return whileLeased<T | undefined>(claims, lease, () => undefined, (held) => work(signal ? AbortSignal.any([signal, held]) : held));
}
