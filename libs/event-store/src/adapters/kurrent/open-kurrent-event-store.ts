import type { EventStore } from '../../event-store.js';

export interface OpenKurrentEventStore {
  /** kurrentdb:// or kurrentdb+discover://; holds the password. */
  readonly url: string;
  /** Prefixes of the streams whose events must never be dropped; looked at before anything else. */
  readonly keptForEver?: readonly string[];
}

/** The client, with its native part, is loaded only where it is used. Throws `LogMayBeCut`, `DatabaseUnavailable`. */
export async function openKurrentEventStore({ url, keptForEver }: OpenKurrentEventStore): Promise<EventStore<never>> {
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
