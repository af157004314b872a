import { CommandBus } from '@nestjs/cqrs';
import { Test, type TestingModule } from '@nestjs/testing';
import type { Pool } from 'pg';
import { testDatabase, type TestDatabase } from '../../../test/support/postgres.js';
import { EVENT_STORE_MIGRATIONS } from './adapters/postgres/event-store.migrations.js';
import { migrate } from './adapters/postgres/migrate.js';
import { createPool } from './adapters/postgres/pool.js';
import { createPostgresCheckpoints } from './adapters/postgres/postgres.checkpoints.js';
import { createPostgresClaims } from './adapters/postgres/postgres.claims.js';
import { createPostgresEventStore } from './adapters/postgres/postgres.event-store.js';
import { counterDecider, type CounterState, MoveCounter, OpenCounter } from './counter.fixture.js';
import type { EventStore } from './event-store.js';
import { EventStoreModule } from './event-store.module.js';
import type { InlineProjection, SqlWrite } from './projection.js';
import { StreamReader } from './stream-reader.js';

const values: InlineProjection<CounterState, SqlWrite> = {
  name: 'values',
  streamPrefix: 'counter-',
  write: ({ stream, revision, after }) => [{
    text: `INSERT INTO counted AS c (stream, revision, value) VALUES ($1, $2, $3)
      ON CONFLICT (stream) DO UPDATE SET revision = excluded.revision, value = excluded.value WHERE c.revision < excluded.revision`,
    values: [stream, revision, after.value],
  }],
};

interface Process {
  readonly app: TestingModule;
  readonly pool: Pool;
  readonly store: EventStore<SqlWrite>;
}

describe('the command handler on PostgreSQL', () => {
  let database: TestDatabase;
  const processes: Process[] = [];
  const start = async (): Promise<TestingModule> => {
    const pool = createPool({ connectionString: database.url });
    const store = createPostgresEventStore({ pool });
    const module = EventStoreModule.forRoot({
      site: 'here', store, claims: createPostgresClaims({ pool }), checkpoints: createPostgresCheckpoints({ pool }),
      deciders: [counterDecider], projections: [values],
    });
    const app = await Test.createTestingModule({ imports: [module] }).compile();
    await app.init();
    processes.push({ app, pool, store });
    return app;
  };
  const row = async () => (await processes[0]?.pool.query<{ revision: number; value: number }>('SELECT revision, value FROM counted WHERE stream = $1', ['counter-1']))?.rows[0];

  beforeEach(async () => {
    database = await testDatabase();
    const pool = createPool({ connectionString: database.url, max: 1 });
    await migrate(pool, EVENT_STORE_MIGRATIONS);
    await pool.query('CREATE TABLE counted (stream text PRIMARY KEY, revision int, value int)');
    await pool.end();
  });
  afterEach(async () => {
    for (const { app, pool, store } of processes.splice(0)) {
      await app.close();
      await store.close();
      await pool.end();
    }
    await database.drop();
  });

  it('loses no command of two processes that change one stream at the same time, nor its row', async () => {
    const [first, second] = [await start(), await start()];
    await first.get(CommandBus).execute(new OpenCounter('counter-1'));
    await Promise.all([first, second].flatMap((app) => Array.from({ length: 25 }, () => app.get(CommandBus).execute(new MoveCounter('counter-1', 1)))));
    const { state, revision } = await second.get(StreamReader).load<CounterState>('counter-1');
    expect({ value: state.value, revision }).toEqual({ value: 50, revision: 50 });
    expect(await row()).toEqual({ value: 50, revision: 50 });
  });

  it('carries every command through that was under way when the database cut its connections, and each only once', async () => {
    const app = await start();
    const names = Array.from({ length: 10 }, (_, i) => `counter-${i}`);
    const bus = app.get(CommandBus);
    await Promise.all(names.map((name) => bus.execute(new OpenCounter(name))));
    const killer = createPool({ connectionString: database.url, max: 1 });
    let killed = 0;
    let running = true;
    const kills = (async () => {
      while (running && killed === 0) {
        const { rowCount } = await killer.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'WITH%appended%' AND state = 'active'");
        killed += rowCount ?? 0;
      }
    })();
    const results: PromiseSettledResult<unknown>[] = [];
    let rounds = 0;
    // Usually the first round is cut; a busy machine may let it through whole.
    for (; rounds === 0 || (killed === 0 && rounds < 20); rounds += 1) {
      results.push(...(await Promise.allSettled(names.flatMap((name) => Array.from({ length: 30 }, () => bus.execute(new MoveCounter(name, 1)))))));
    }
    running = false;
    await kills;
    await killer.end();
    const done = results.filter(({ status }) => status === 'fulfilled').length;
    const reader = app.get(StreamReader);
    const loaded = await Promise.all(names.map((name) => reader.load<CounterState>(name)));
    expect(killed).toBeGreaterThan(0);
    expect(done).toBe(rounds * 300);
    expect(loaded.map(({ state }) => state.value)).toEqual(Array(10).fill(rounds * 30));
  });
});
