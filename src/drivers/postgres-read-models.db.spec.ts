import { createPool, migrate } from '#event-store';
import { testDatabase } from '../../test/support/postgres.js';
import { MIGRATIONS, postgresReadModels } from '../persistence.js';
import { READ_MODELS } from '../read-models.js';
import { readModelConformance } from './read-model-conformance.js';

const TABLES = [...READ_MODELS.flatMap(({ tables }) => tables.map(({ name }) => name)), 'import_progress', 'usage_reservation', 'follower'].map((name) => `afterimage.${name}`).join(', ');

readModelConformance('postgres', async () => {
  const database = await testDatabase();
  const pool = createPool({ connectionString: database.url, max: 8 });
  await migrate(pool, MIGRATIONS);
  return {
    driver: {
      ...postgresReadModels(pool),
      name: 'postgres',
      async close() {
        await pool.end();
        await database.drop();
      },
    },
    // Time is the database's: what was reserved is moved into the past instead.
    pass: async (ms) => void (await pool.query("UPDATE afterimage.usage_reservation SET expires_at = expires_at - $1::float8 * interval '1 ms'", [ms])),
    clear: async () => void (await pool.query(`TRUNCATE ${TABLES}`)),
    failing: { text: 'INSERT INTO afterimage.usage (owner) VALUES ($1)', values: [null] },
  };
});
