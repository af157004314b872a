import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { legacyDatabaseContract } from './legacy-database.contract.js';
import { openSource } from './open-source.js';

const folder = () => mkdtempSync(join(tmpdir(), 'afterimage-sqlite-'));

legacyDatabaseContract('SQLite', async (statements) => {
  const dir = folder();
  const database = new DatabaseSync(join(dir, 'glance.sqlite'));
  for (const statement of statements) database.exec(statement);
  database.close();
  return { url: `sqlite:///${join(dir, 'glance.sqlite')}`, tidy: async () => rmSync(dir, { recursive: true }) };
});

describe('A file that is no old database', () => {
  it('is refused with what to do', async () => {
    const dir = folder();
    writeFileSync(join(dir, 'text'), 'this is no database, however long it is');
    await expect(openSource(`sqlite:///${dir}/none`)).rejects.toMatchObject({ code: 'LegacyDatabaseUnreachable', message: expect.stringContaining('there is no such file') });
    await expect(openSource(`sqlite:///${dir}/text`)).rejects.toMatchObject({ code: 'LegacyDatabaseUnreachable', message: expect.stringContaining('not a database') });
    rmSync(dir, { recursive: true });
  });
});
