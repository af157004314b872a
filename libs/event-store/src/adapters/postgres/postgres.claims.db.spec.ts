import { testDatabase } from '../../../../../test/support/postgres.js';
import { claimsContract } from '../../claims.contract.js';
import { EVENT_STORE_MIGRATIONS } from './event-store.migrations.js';
import { migrate } from './migrate.js';
import { createPool } from './pool.js';
import { createPostgresClaims } from './postgres.claims.js';

claimsContract('postgres', async () => {
  const database = await testDatabase();
  const pool = createPool({ connectionString: database.url });
  await migrate(pool, EVENT_STORE_MIGRATIONS);
  return {
    claims: createPostgresClaims({ pool }),
    // Time is the database's: what was claimed is moved into the past instead.
    pass: async (ms) => void (await pool.query("UPDATE afterimage.claim SET expires_at = expires_at - $1::float8 * interval '1 ms' WHERE isfinite(expires_at)", [ms])),
    async close() {
      await pool.end();
      await database.drop();
    },
  };
});
