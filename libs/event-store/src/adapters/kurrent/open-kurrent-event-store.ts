import type { EventStore, StreamHead } from '../../event-store.js';
import type { SealedEvent, StoredEvent } from '../../event.js';

export interface OpenKurrentEventStore {
  /** kurrentdb:// or kurrentdb+discover://; holds the password. */
  readonly url: string;
  /** Prefixes of the streams whose events must never be dropped; looked at before anything else. */
  readonly keptForEver?: readonly string[];
}

export interface KurrentEvents extends EventStore<never> {
  /** An append of events that arrived at some other time: for moving a log. */
  take(stream: string, expected: StreamHead, events: readonly (SealedEvent & Pick<StoredEvent, 'recordedAt'>)[]): Promise<StreamHead>;
}

/** The client, with its native part, is loaded only where it is used. Throws `LogMayBeCut`, `DatabaseUnavailable`. */
export async function openKurrentEventStore({ url, keptForEver }: OpenKurrentEventStore): Promise<KurrentEvents> {
  const { KurrentEventStore } = await import('./kurrent.event-store.js');
  const store = new KurrentEventStore({ url });
  try {
    if (keptForEver) await store.assertKeptForEver(keptForEver);
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}
