import type { Pool } from 'pg';
import {
  createAppendingLogTransfer, createPool, createPostgresCheckpoints, createPostgresClaims, createPostgresEventStore, createPostgresLogTransfer, createPostgresProjectionTarget, keepFrom, LogInUse, prepareSchema, READ_MODEL,
  type Checkpoints, type EventStore, type InlineProjection, type LogTransfer, type ProjectionTarget, type SqlWrite,
} from '#event-store';
import type { Settings } from '#settings';
import { DatabaseServer } from './database.js';
import { openEvents, type EventsAt } from './events-apart.js';
import { MIGRATIONS, POSTGRES_PROJECTIONS, type DatabaseAt } from './persistence.js';

/** A log and its read models, for moving the log as a whole. */
export interface OpenLog {
  /** Of the database with the read models. */
  readonly pool: Pool;
  readonly store: EventStore;
  readonly transfer: LogTransfer;
  /** Name of the checkpoint with which the read models follow the log; absent: they are written with each append. */
  readonly following?: string;
  readonly checkpoints: Checkpoints;
  readonly projections: readonly InlineProjection<unknown, SqlWrite>[];
  /** Of `data_api`, whose read models follow the log by themselves; those of the database are not used then. */
  readonly module?: string;
  /** Where projections write without an append. */
  readonly target: ProjectionTarget<SqlWrite>;
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

async function inPostgres<T>({ url, care, events, driver }: DatabaseAt, purpose: 'read' | 'write', work: (log: OpenLog) => Promise<T>): Promise<T> {
  const pool = createPool({ connectionString: url, max: CONNECTIONS });
  try {
    await prepareSchema(pool, MIGRATIONS, care === 'ours' ? 'create' : care);
    const opened = await openOf(pool, events, purpose);
    try {
      return await work({
        ...opened,
        pool,
        ...(driver ? { module: driver.at.name } : {}),
        checkpoints: createPostgresCheckpoints({ pool }),
        projections: POSTGRES_PROJECTIONS,
        target: createPostgresProjectionTarget({ pool }),
      });
    } finally {
      await opened.close();
    }
  } finally {
    await pool.end();
  }
}

async function openOf(pool: Pool, events: EventsAt | undefined, purpose: 'read' | 'write'): Promise<Pick<OpenLog, 'store' | 'transfer' | 'following'> & { close(): Promise<void> }> {
  const sequencer = purpose === 'read';
  if (!events) {
    const store = createPostgresEventStore({ pool, sequencer });
    return { store: store as EventStore, transfer: createPostgresLogTransfer({ pool }), close: () => store.close() };
  }
  const { store, pool: apart, take, close } = await openEvents(events, { connections: CONNECTIONS, sequencer, prepares: true, migrations: MIGRATIONS, looksForCuts: false });
  const lock = async () => (await keepFrom(createPostgresClaims({ pool }), READ_MODEL)) ?? inUse();
  return { store, transfer: apart ? createPostgresLogTransfer({ pool: apart }) : createAppendingLogTransfer(store, { append: take, lock }), following: READ_MODEL, close };
}

function inUse(): never {
  throw new LogInUse('this database');
}
