import type { Pool } from 'pg';
import { createPool, EVENT_STORE_MIGRATIONS, migrate } from '#event-store';
import { testDatabase, type TestDatabase } from '../../../../test/support/postgres.js';
import { changeOf, id } from '../read-model/image-list.fixture.js';
import { IMAGE_MIGRATIONS } from '../read-model/image-list.migrations.js';
import { postgresImageProjection } from '../read-model/image-list.writes.js';
import { usageContract } from './usage.contract.js';
import { USAGE_MIGRATIONS } from './usage.migrations.js';
import { PostgresUsage, postgresUsageProjection } from './usage.postgres.js';

usageContract('postgres', async () => {
  const database = await testDatabase();
  const pool = createPool({ connectionString: database.url, max: 8 });
  await migrate(pool, { ...EVENT_STORE_MIGRATIONS, ...IMAGE_MIGRATIONS, ...USAGE_MIGRATIONS });
  return {
    usage: new PostgresUsage(pool),
    async project(change) {
      // One statement, as the append makes it.
      const writes = postgresUsageProjection.write(change);
      let first = 0;
      const moved = writes.map(({ text, values }) => {
        const shifted = text.replace(/\$(\d+)/g, (_all, n: string) => `$${Number(n) + first}`);
        first += values.length;
        return shifted;
      });
      if (moved.length > 0) await pool.query(`WITH ${moved.map((text, i) => `w${i} AS (${text})`).join(', ')} SELECT 1`, writes.flatMap(({ values }) => values));
    },
    // Time is the database's: what was reserved is moved into the past instead.
    pass: async (ms) => void (await pool.query("UPDATE afterimage.usage_reservation SET expires_at = expires_at - $1::float8 * interval '1 ms'", [ms])),
    clear: async () => void (await pool.query('TRUNCATE afterimage.usage, afterimage.usage_reservation')),
    async close() {
      await pool.end();
      await database.drop();
    },
  };
});

describe('the table of usage', () => {
  let database: TestDatabase;
  let pool: Pool;
  beforeAll(async () => {
    database = await testDatabase();
    pool = createPool({ connectionString: database.url, max: 4 });
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  it('counts, when it is made, what the images of a database without it use', async () => {
    await migrate(pool, { ...EVENT_STORE_MIGRATIONS, ...IMAGE_MIGRATIONS });
    const seeds = [
      { id: id(1), owner: 'p1', status: 'active', size: 10 }, { id: id(2), owner: 'p1', status: 'saving' }, { id: id(17), owner: 'p1', status: 'deleted' },
      { id: id(4), owner: 'p1', status: 'pending_delete' }, { id: id(5), owner: null, status: 'active', size: 9 }, { id: id(6), owner: 'p2', status: 'active', size: 2 ** 40 },
    ] as const;
    const changes = seeds.map(changeOf);
    for (const change of changes) for (const { text, values } of postgresImageProjection.write(change)) await pool.query(text, [...values]);
    await migrate(pool, { ...EVENT_STORE_MIGRATIONS, ...IMAGE_MIGRATIONS, ...USAGE_MIGRATIONS });
    const usage = new PostgresUsage(pool);
    expect(await usage.of('p1')).toEqual({ bytes: 52n, live: 10n, staged: 0n, images: 2n, uploading: 1n });
    expect(await usage.of('p2')).toEqual({ bytes: 2n ** 40n, live: 2n ** 40n, staged: 0n, images: 1n, uploading: 0n });
    const rows = async () => (await pool.query('SELECT owner, slot, bytes, live, staged, images, uploading FROM afterimage.usage WHERE bytes <> 0 OR images <> 0 ORDER BY owner, slot')).rows;
    const counted = await rows();
    await pool.query('TRUNCATE afterimage.usage');
    for (const change of changes) for (const { text, values } of postgresUsageProjection.write(change)) await pool.query(text, [...values]);
    expect(await rows()).toEqual(counted);
  });
});
