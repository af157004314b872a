import { Logger } from '@nestjs/common';
import { sql, type Kysely } from 'kysely';
import type { Pool } from 'pg';
import { testDatabase, type TestDatabase } from '../../../../../test/support/postgres.js';
import { migrate, type Migrations } from './migrate.js';
import { createPool } from './pool.js';
import { contractedIn, nextPhase, prepareSchema, schemaState, type SchemaCare } from './schema.js';

const run = (statement: string) => ({ up: async (db: Kysely<unknown>) => void (await sql.raw(statement).execute(db)) });

const FIRST: Migrations = { '0001-thing': run('CREATE TABLE afterimage.thing (old text)') };
/** What a later program has besides. */
const SECOND: Migrations = {
  ...FIRST,
  '0002-new-column': run('ALTER TABLE afterimage.thing ADD new text'),
  '0003-new-column.migrate': run('UPDATE afterimage.thing SET new = old'),
  '0004-old-column.contract': run('ALTER TABLE afterimage.thing DROP COLUMN old'),
};

describe('The schema of a database', () => {
  let database: TestDatabase;
  let pool: Pool;
  const warnings: string[] = [];

  beforeEach(async () => {
    warnings.length = 0;
    Logger.overrideLogger({ log: () => undefined, error: () => undefined, warn: (text: string) => void warnings.push(text) });
    database = await testDatabase();
    pool = createPool({ connectionString: database.url, max: 3 });
  });
  afterEach(async () => {
    await pool.end();
    await database.drop();
  });
  afterAll(() => Logger.overrideLogger(['error', 'warn', 'log']));

  const applied = async () => (await schemaState(pool, {})).applied ?? [];
  const columns = async () => (await pool.query<{ name: string }>("SELECT attname AS name FROM pg_attribute WHERE attrelid = 'afterimage.thing'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY 1")).rows.map(({ name }) => name);

  it('moves on phase by phase, while the program before still works on it', async () => {
    await migrate(pool, FIRST);
    const steps: unknown[] = [];
    for (let next = nextPhase(await schemaState(pool, SECOND)); next; next = nextPhase(await schemaState(pool, SECOND))) {
      const usableByFirst = await prepareSchema(pool, FIRST, 'check').then(() => true, () => false);
      await migrate(pool, SECOND, [next]);
      steps.push([next, usableByFirst, await columns()]);
    }
    expect(steps).toEqual([['expand', true, ['new', 'old']], ['migrate', true, ['new', 'old']], ['contract', true, ['new']]]);
    await expect(prepareSchema(pool, FIRST, 'check')).rejects.toMatchObject({ code: 'SchemaTooNew', message: expect.stringContaining('0004-old-column.contract') });
    await expect(prepareSchema(pool, FIRST, 'ours')).rejects.toMatchObject({ code: 'SchemaTooNew' });
    await prepareSchema(pool, SECOND, 'check');
  });

  it.each([
    ['ours', ['0001-thing', '0002-new-column', '0003-new-column.migrate', '0004-old-column.contract']],
    ['create', ['0001-thing', '0002-new-column', '0003-new-column.migrate']],
  ] as const)('of an older program is brought up to date as far as its care goes: %s', async (care: SchemaCare, names) => {
    await migrate(pool, FIRST);
    await prepareSchema(pool, SECOND, care);
    expect(await applied()).toEqual(names);
    expect(warnings).toEqual(care === 'create' ? ["once no older program runs any more, run 'afterimage db contract'"] : []);
  });

  it('is made whole in an empty database, or not at all', async () => {
    await expect(prepareSchema(pool, SECOND, 'check')).rejects.toMatchObject({ code: 'SchemaMissing' });
    expect((await pool.query("SELECT FROM pg_namespace WHERE nspname = 'afterimage'")).rowCount).toBe(0);
    await Promise.all([1, 2].map(() => prepareSchema(pool, SECOND, 'create')));
    expect(await applied()).toHaveLength(4);
    expect(warnings).toEqual([]);
  });

  it('that lacks something is not used without it', async () => {
    await migrate(pool, FIRST);
    await expect(prepareSchema(pool, SECOND, 'check')).rejects.toMatchObject({ code: 'SchemaOutdated', message: expect.stringContaining('0002-new-column, 0003-new-column.migrate') });
    await migrate(pool, SECOND, ['expand']);
    await expect(prepareSchema(pool, SECOND, 'check')).rejects.toMatchObject({ code: 'SchemaOutdated' });
    expect(await applied()).toEqual(['0001-thing', '0002-new-column']);
  });

  it('stays as it was where one step of a phase fails', async () => {
    await migrate(pool, FIRST);
    const broken = { ...SECOND, '0002-new-table': run('CREATE TABLE afterimage.thing (again text)') };
    await expect(migrate(pool, broken, ['expand'])).rejects.toThrow('0002-new-table');
    expect([await applied(), await columns()]).toEqual([['0001-thing'], ['old']]);
  });

  it('says of a contract that it has been, also once it was asked before', async () => {
    await migrate(pool, SECOND, ['expand', 'migrate']);
    const contracted = contractedIn(pool);
    expect(await contracted('0004-old-column.contract')).toBe(false);
    await migrate(pool, SECOND);
    expect(await contracted('0004-old-column.contract')).toBe(true);
  });
});
