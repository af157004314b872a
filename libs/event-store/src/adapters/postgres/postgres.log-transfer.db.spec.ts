import type { Pool } from 'pg';
import { testDatabase } from '../../../../../test/support/postgres.js';
import { backupContract } from '../../backup/backup.contract.js';
import { fill } from '../../backup/backup.fixture.js';
import { EVENT_STORE_MIGRATIONS } from './event-store.migrations.js';
import { migrate } from './migrate.js';
import { createPool } from './pool.js';
import { createPostgresEventStore } from './postgres.event-store.js';
import { createPostgresLogTransfer } from './postgres.log-transfer.js';

async function database(): Promise<{ pool: Pool; drop: () => Promise<void> }> {
  const { url, drop } = await testDatabase();
  const pool = createPool({ connectionString: url, max: 4 });
  await migrate(pool, EVENT_STORE_MIGRATIONS);
  return { pool, drop };
}

/** Moves events to the log only while nobody imports, as a server does that is stopped for it. */
async function movable() {
  const { pool, drop } = await database();
  const store = createPostgresEventStore({ pool, sequencer: false });
  const transfer = createPostgresLogTransfer({ pool });
  return {
    store,
    transfer: { settled: async () => (await transfer.open()).close(), open: () => transfer.open() },
    async close() {
      await store.close();
      await pool.end();
      await drop();
    },
  };
}

backupContract('postgres', movable, { exact: true });

describe('moving a log, PostgreSQL', () => {
  it('refuses to import where a server moves events to the log', async () => {
    const { pool, drop } = await database();
    const store = createPostgresEventStore({ pool });
    await fill(store, 1);
    const transfer = createPostgresLogTransfer({ pool });
    await transfer.settled();
    expect(await store.head()).toBe(1n);
    await expect(transfer.open()).rejects.toEqual(expect.objectContaining({ code: 'LogInUse' }));
    await store.close();
    const target = await transfer.open();
    expect(target.end.position).toBe(1n);
    await expect(transfer.open()).rejects.toEqual(expect.objectContaining({ code: 'LogInUse' }));
    await target.close();
    await pool.end();
    await drop();
  });
});
