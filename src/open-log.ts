import type { Pool } from 'pg';
import {
  applyWrites, createPool, createPostgresCheckpoints, createPostgresEventStore, createPostgresLogTransfer, prepareSchema,
  type Checkpoints, type EventStore, type InlineProjection, type LogTransfer, type SqlWrite,
} from '#event-store';
import type { Settings } from '#settings';
import { DatabaseServer } from './database.js';
import { MIGRATIONS, POSTGRES_PROJECTIONS, type DatabaseAt } from './persistence.js';

/** A log and its read models, for moving the log as a whole. */
export interface OpenLog {
  /** Of the database with the read models. */
  readonly pool: Pool;
  readonly store: EventStore;
  readonly transfer: LogTransfer;
  readonly checkpoints: Checkpoints;
  readonly projections: readonly InlineProjection<unknown, SqlWrite>[];
  apply(changes: readonly (readonly SqlWrite[])[], checkpoint: { readonly name: string; readonly position: bigint }): Promise<void>;
}

const CONNECTIONS = 6;

/** `read`: beside a server or without one, whatever was appended comes to the log. `write`: nothing but the work writes. */
export async function withLog<T>(settings: Settings, purpose: 'read' | 'write', work: (log: OpenLog) => Promise<T>): Promise<T> {
  const database = new DatabaseServer();
  const kill = () => database.kill();
  process.on('exit', kill);
  try {
    return await inPostgres(await database.join(settings), purpose, work);
  } finally {
    await database.stop();
    process.off('exit', kill);
  }
}

async function inPostgres<T>({ url, care }: DatabaseAt, purpose: 'read' | 'write', work: (log: OpenLog) => Promise<T>): Promise<T> {
  const pool = createPool({ connectionString: url, max: CONNECTIONS });
  try {
    await prepareSchema(pool, MIGRATIONS, care === 'ours' ? 'create' : care);
    const store = createPostgresEventStore({ pool, sequencer: purpose === 'read' });
    try {
      return await work({
        pool,
        store,
        transfer: createPostgresLogTransfer({ pool }),
        checkpoints: createPostgresCheckpoints({ pool }),
        projections: POSTGRES_PROJECTIONS,
        apply: (changes, checkpoint) => applyWrites(pool, changes, checkpoint),
      });
    } finally {
      await store.close();
    }
  } finally {
    await pool.end();
  }
}
