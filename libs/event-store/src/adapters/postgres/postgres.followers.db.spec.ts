import { testDatabase } from '../../../../../test/support/postgres.js';
import { followerContract } from '../../follower.contract.js';
import { EVENT_STORE_MIGRATIONS } from './event-store.migrations.js';
import { migrate } from './migrate.js';
import { createPool } from './pool.js';
import { createPostgresCheckpoints } from './postgres.checkpoints.js';
import { createPostgresClaims } from './postgres.claims.js';
import { createPostgresEventStore } from './postgres.event-store.js';

followerContract('postgres', async () => {
  const database = await testDatabase();
  const pool = createPool({ connectionString: database.url });
  await migrate(pool, EVENT_STORE_MIGRATIONS);
  const store = createPostgresEventStore({ pool });
  return {
    store,
    claims: createPostgresClaims({ pool }),
    checkpoints: createPostgresCheckpoints({ pool }),
    async close() {
      await store.close();
      await pool.end();
      await database.drop();
    },
  };
});
