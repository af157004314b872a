import { Client } from 'pg';
import { testDatabase } from '../../../../test/support/postgres.js';
import { legacyDatabaseContract } from './legacy-database.contract.js';

legacyDatabaseContract('PostgreSQL', async (statements) => {
  const { url, drop } = await testDatabase();
  const client = new Client({ connectionString: url });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
  return { url: url.replace(/^postgres(?:ql)?:/, 'postgresql+psycopg2:'), tidy: drop };
});
