import { MariaDb } from '../../../../test/support/mariadb.js';
import { LegacyDatabaseUnreachable } from '../import-legacy.errors.js';
import { legacyDatabaseContract } from './legacy-database.contract.js';
import { openSource } from './open-source.js';

let server: MariaDb;

legacyDatabaseContract('MariaDB', async (statements) => {
  server = await MariaDb.start();
  const url = await server.database('old');
  await server.sql(`${statements.join(';\n')};`.replace('CREATE', 'SET NAMES utf8mb4; CREATE'), 'old');
  const wrong = url.replace(/:[^:@]*@/, ':wrong@');
  await expect(openSource(wrong)).rejects.toThrow(LegacyDatabaseUnreachable);
  return { url, tidy: () => server.stop() };
});
