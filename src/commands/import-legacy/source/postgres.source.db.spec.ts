import { Client } from 'pg';
import { testDatabase } from '../../../../test/support/postgres.js';
import { legacyDatabaseContract } from './legacy-database.contract.js';
import { openSource } from './open-source.js';

legacyDatabaseContract('PostgreSQL', async (statements) => {
  const { url, drop } = await testDatabase();
  const client = new Client({ connectionString: url });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
  return { url: url.replace(/^postgres(?:ql)?:/, 'postgresql+psycopg2:'), tidy: drop };
});

it('An old database that goes away in the middle is told by name', async () => {
  const { url, drop } = await testDatabase();
  const database = await openSource(url);
  expect(await database.columns('images')).toBeUndefined();
  await drop();
  await expect(database.count('images')).rejects.toMatchObject({ code: 'LegacyDatabaseUnreachable', message: expect.stringContaining('(PostgreSQL) cannot be read') });
  await database.close();
});
