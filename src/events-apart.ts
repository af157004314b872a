import type { Pool } from 'pg';
import { createPool, createPostgresEventStore, openKurrentEventStore, prepareSchema, type EventStore, type KurrentEvents, type Migrations, type SchemaCare } from '#event-store';
import { imageDecider, taskDecider } from '#images';
import { metadefsDecider } from '#metadefs';

/** Events that are kept elsewhere than what is read of them. */
export interface EventsAt {
  readonly kind: 'kurrent' | 'postgres';
  /** Holds the password. */
  readonly url: string;
  /** Of the schema, where there is one. */
  readonly care: SchemaCare;
}

export interface OpenEvents {
  readonly store: EventStore;
  /** Where they are in PostgreSQL. */
  readonly pool?: Pool;
  /** Elsewhere: appends events that arrived at some other time. */
  readonly take?: KurrentEvents['take'];
  close(): Promise<void>;
}

/** Streams that must never lose an event. */
const OURS = [imageDecider, metadefsDecider, taskDecider].map(({ streamPrefix }) => streamPrefix);

export interface OpenEventsOptions {
  readonly connections: number;
  readonly sequencer: boolean;
  /** Makes or checks the schema, as its care says. */
  readonly prepares: boolean;
  readonly migrations: Migrations;
  /** Looks whether KurrentDB may drop events of ours, for which it reads through its whole log: what a server does once, and no command. */
  readonly looksForCuts: boolean;
}

export async function openEvents({ kind, url, care }: EventsAt, { connections, sequencer, prepares, migrations, looksForCuts }: OpenEventsOptions): Promise<OpenEvents> {
  if (kind === 'kurrent') {
    const store = await openKurrentEventStore({ url, ...(looksForCuts ? { keptForEver: OURS } : {}) });
    return { store: store as EventStore, take: (...of) => store.take(...of), close: () => store.close() };
  }
  const pool = createPool({ connectionString: url, max: connections });
  if (prepares) await prepareSchema(pool, migrations, care).catch(async (error: unknown) => {
    await pool.end();
    throw error;
  });
  const store = createPostgresEventStore({ pool, sequencer });
  return {
    store: store as EventStore,
    pool,
    close: async () => {
      await store.close();
      await pool.end();
    },
  };
}
