import { createPool, EVENT_STORE_MIGRATIONS, migrate } from '#event-store';
import { testDatabase } from '../../../../test/support/postgres.js';
import { metadefCatalogContract } from './catalog.contract.js';
import { METADEFS_MIGRATIONS } from './catalog.migrations.js';
import { PostgresMetadefCatalog, postgresMetadefsProjection } from './catalog.postgres.js';

metadefCatalogContract('postgres', async () => {
  const database = await testDatabase();
  const pool = createPool({ connectionString: database.url, max: 4 });
  await migrate(pool, { ...EVENT_STORE_MIGRATIONS, ...METADEFS_MIGRATIONS });
  return {
    catalog: new PostgresMetadefCatalog(pool),
    async project(change) {
      for (const { text, values } of postgresMetadefsProjection.write(change)) await pool.query(text, [...values]);
    },
    clear: async () => void (await pool.query('TRUNCATE afterimage.metadef_namespace, afterimage.metadef_resource_types')),
    async close() {
      await pool.end();
      await database.drop();
    },
  };
});
