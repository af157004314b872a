import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { testDatabase, type TestDatabase } from '../../../../../test/support/postgres.js';
import { GENESIS, link } from '../../envelope.js';
import { eventStoreContract } from '../../event-store.contract.js';
import { note } from '../../event-store.fixture.js';
import { EMPTY_STREAM, type EventStore } from '../../event-store.js';
import type { SqlWrite } from '../../projection.js';
import { EVENT_STORE_MIGRATIONS } from './event-store.migrations.js';
import { migrate } from './migrate.js';
import { createPool } from './pool.js';
import { createPostgresEventStore } from './postgres.event-store.js';

const ROWS = 'INSERT INTO rows (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value';

async function prepared(): Promise<{ database: TestDatabase; pool: Pool }> {
  const database = await testDatabase();
  const pool = createPool({ connectionString: database.url });
  await migrate(pool, EVENT_STORE_MIGRATIONS);
  await pool.query('CREATE TABLE rows (key text PRIMARY KEY, value int CHECK (value >= 0))');
  return { database, pool };
}

eventStoreContract<SqlWrite>('postgres', async () => {
  const { database, pool } = await prepared();
  const store = createPostgresEventStore({ pool });
  return {
    store,
    write: (key, value) => ({ text: ROWS, values: [key, value] }),
    written: async (key) => (await pool.query<{ value: number }>('SELECT value FROM rows WHERE key = $1', [key])).rows[0]?.value,
    async close() {
      await store.close();
      await pool.end();
      await database.drop();
    },
  };
});

describe('the PostgreSQL event store', () => {
  let database: TestDatabase;
  let pool: Pool;
  const stores: EventStore<SqlWrite>[] = [];
  const open = (sequencer = true) => {
    const store = createPostgresEventStore({ pool, sequencer });
    stores.push(store);
    return store;
  };
  const stream = () => `counter-${randomUUID()}`;
  const reached = async (store: EventStore<SqlWrite>, position: bigint) => {
    for (let tries = 0; tries < 400 && (await store.head().catch(() => 0n)) < position; tries++) await new Promise((resolve) => setTimeout(resolve, 25));
    return store.head();
  };

  beforeEach(async () => ({ database, pool } = await prepared()));
  afterEach(async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()));
    await pool.end();
    await database.drop();
  });

  it('migrates a database that is up to date without a change, and several processes at once', async () => {
    await Promise.all([migrate(pool, EVENT_STORE_MIGRATIONS), migrate(pool, EVENT_STORE_MIGRATIONS)]);
    const { rows } = await pool.query('SELECT name FROM afterimage.kysely_migration ORDER BY name');
    expect(rows).toEqual(Object.keys(EVENT_STORE_MIGRATIONS).map((name) => ({ name })));
  });

  it('names a migration that fails', async () => {
    const broken = { ...EVENT_STORE_MIGRATIONS, '0100-broken': { up: async () => Promise.reject(new Error('no')) } };
    await expect(migrate(pool, broken)).rejects.toThrow('0100-broken');
  });

  it('neither skips nor delays events for a transaction that is held open', async () => {
    const store = open();
    const late = await pool.connect();
    const [held, free] = [stream(), stream()];
    await late.query('BEGIN');
    await late.query(`WITH e AS (INSERT INTO afterimage.event (stream, revision, id, type, v, body, salt, chain)
      VALUES ($1, 0, gen_random_uuid(), 'Noted', 1, '{}', '', $2) RETURNING seq) INSERT INTO afterimage.event_pending SELECT seq FROM e`, [held, GENESIS]);
    await store.append(free, EMPTY_STREAM, [note(free)]);
    expect(await reached(store, 1n)).toBe(1n);
    const { events: [first], reached: after } = await store.readLog();
    expect(first?.stream).toBe(free);
    await late.query('COMMIT');
    late.release();
    expect(await reached(store, 2n)).toBe(2n);
    expect((await store.readLog({ after })).events.map((event) => event.stream)).toEqual([held]);
  });

  it('refuses the events when a projection\'s own constraint refuses its rows', async () => {
    const store = open();
    const name = stream();
    await expect(store.append(name, EMPTY_STREAM, [note(name)], [{ text: ROWS, values: [name, -1] }])).rejects.toMatchObject({ code: '23514' });
    expect(await store.readStream(name)).toEqual([]);
  });

  it('lets one process at a time move events to the log, and another take over', async () => {
    const [first, second] = [open(), open()];
    const names = Array.from({ length: 20 }, stream);
    await Promise.all(names.map((name, i) => (i % 2 ? first : second).append(name, EMPTY_STREAM, [note(name)])));
    await reached(first, 20n);
    await first.close();
    await second.append('counter-last', EMPTY_STREAM, [note('counter-last')]);
    expect(await reached(second, 21n)).toBe(21n);
    let head: Buffer = GENESIS;
    for (const event of (await second.readLog()).events) {
      head = link(head, event.chain);
      expect(event.head).toEqual(head);
    }
  });

  it('appends and reads streams while nobody moves events to the log', async () => {
    const store = open(false);
    const name = stream();
    await store.append(name, EMPTY_STREAM, [note(name)]);
    expect(await store.readStream(name)).toHaveLength(1);
    expect(await store.head()).toBe(0n);
  });

  it('goes on after the database has cut every connection: the log fills and readers are woken', async () => {
    const store = open();
    const name = stream();
    let head = await store.append(name, EMPTY_STREAM, [note(name)]);
    let wakes = 0;
    store.onAppended(() => (wakes += 1));
    await reached(store, 1n);
    await pool.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()');
    wakes = 0;
    head = await store.append(name, head, [note(name)]).catch(() => store.append(name, head, [note(name)]));
    expect(head.revision).toBe(1);
    expect(await reached(store, 2n)).toBe(2n);
    for (let tries = 0; tries < 200 && wakes === 0; tries++) await new Promise((resolve) => setTimeout(resolve, 25));
    expect(wakes).toBeGreaterThan(0);
  });

  it('ends also where it is closed while its connections are being made', async () => {
    for (const ms of [0, 1, 2, 4, 8, 12, 16, 24, 32]) {
      const store = createPostgresEventStore({ pool });
      store.onAppended(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, ms));
      await store.close();
    }
  });

  it('prepares the append of several events once, whatever their number', async () => {
    const store = open(false);
    const name = stream();
    const single = createPool({ connectionString: database.url, max: 1 });
    const own = createPostgresEventStore({ pool: single, sequencer: false });
    const head = await own.append(name, EMPTY_STREAM, [note(name), note(name)]);
    await own.append(name, head, [note(name), note(name), note(name)]);
    const { rows } = await single.query("SELECT name FROM pg_prepared_statements WHERE name LIKE 'append-%'");
    expect(rows).toHaveLength(1);
    expect(await store.readStream(name)).toHaveLength(5);
    await own.close();
    await single.end();
  });
});
