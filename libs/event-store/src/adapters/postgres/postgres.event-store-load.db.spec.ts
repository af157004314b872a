import { loadContract } from '../../event-store-load.contract.js';
import { EVENT_STORE_MIGRATIONS } from './event-store.migrations.js';
import { migrate } from './migrate.js';
import { createPool } from './pool.js';
import { createPostgresEventStore } from './postgres.event-store.js';

interface Cluster {
  readonly url: string;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

loadContract('postgres', async () => {
  const { startCluster } = (await import(new URL('../../../../../test/support/postgres-cluster.mjs', import.meta.url).href)) as { startCluster(options: object): Promise<Cluster> };
  const cluster = await startCluster({ durable: true });
  const pool = createPool({ connectionString: cluster.url });
  await migrate(pool, EVENT_STORE_MIGRATIONS);
  const store = createPostgresEventStore({ pool });
  return {
    store,
    restart: () => cluster.restart(),
    async close() {
      await store.close();
      await pool.end();
      await cluster.stop();
    },
  };
});
