import type { Pool } from 'pg';
import { SCHEMA } from '../migrate.js';
import { tablesOf, type ReadModel } from './read-model.js';

export const SCRATCH = 'afterimage_rebuild';
/** Where the tables stand that were replaced, until they are dropped. */
export const REPLACED = 'afterimage_replaced';

/** Indexes that are made at a time, each on a connection of its own. */
const AT_ONCE = 2;
const SORT_MEMORY = '128MB';

/** Everything but indexes, which are made last. */
const LIKE = 'INCLUDING ALL EXCLUDING INDEXES';

/** Statements that give the copy what LIKE does not: it must be ready for the same writes, and planned for alike. */
const BESIDES_LIKE = `
SELECT format('ALTER TABLE %1$s SET (%2$s)', $2::text, array_to_string(reloptions, ', ')) AS statement FROM pg_class WHERE oid = $1::regclass AND reloptions IS NOT NULL
UNION ALL
SELECT format('ALTER TABLE %1$s ALTER %2$I SET STATISTICS %3$s', $2::text, attname, attstattarget) FROM pg_attribute
  WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attstattarget > 0
UNION ALL
SELECT format('ALTER TABLE %1$s ADD CONSTRAINT %2$I %3$s', $2::text, conname, pg_get_constraintdef(oid)) FROM pg_constraint WHERE conrelid = $1::regclass AND contype IN ('p', 'u')
UNION ALL
SELECT format('GRANT %1$s ON %2$s TO %3$s', privilege_type, $2::text, CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END)
  FROM pg_class, aclexplode(relacl) WHERE oid = $1::regclass AND grantee <> relowner`;

const INDEXES = `
SELECT pg_get_indexdef(i.indexrelid) AS statement FROM pg_index i
WHERE i.indrelid = $1::regclass AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype IN ('p', 'u')) ORDER BY i.indexrelid::regclass::text`;

/** Whatever an earlier run left is removed first. */
export async function createScratch(pool: Pool, models: readonly ReadModel[]): Promise<void> {
  await dropScratch(pool);
  await pool.query(`CREATE SCHEMA ${SCRATCH}; CREATE TABLE ${SCRATCH}.follower (name text PRIMARY KEY, position bigint NOT NULL)`);
  for (const name of [...tablesOf(models).map((table) => table.name), ...models.flatMap(({ besides = [] }) => besides)]) {
    await pool.query(`CREATE TABLE ${SCRATCH}.${name} (LIKE ${SCHEMA}.${name} ${LIKE})`);
    await runAll(pool, BESIDES_LIKE, [`${SCHEMA}.${name}`, `${SCRATCH}.${name}`]);
  }
}

/** The same as the live tables have, under the same names; and what the planner wants to know. */
export async function indexScratch(pool: Pool, models: readonly ReadModel[]): Promise<void> {
  for (const { name } of tablesOf(models)) {
    const { rows } = await pool.query<{ statement: string }>(INDEXES, [`${SCHEMA}.${name}`]);
    const statements = rows.map(({ statement }) => statement.replace(` ON ${SCHEMA}.`, ` ON ${SCRATCH}.`)).values();
    await Promise.all(Array.from({ length: AT_ONCE }, () => makeIndexes(pool, statements)));
    await pool.query(`VACUUM (ANALYZE) ${SCRATCH}.${name}`);
  }
}

/** Whichever are left, with room to sort them. */
async function makeIndexes(pool: Pool, statements: IterableIterator<string>): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query(`SET maintenance_work_mem = '${SORT_MEMORY}'`);
    for (const statement of statements) await client.query(statement);
  } finally {
    client.release(true);
  }
}

export async function dropScratch(pool: Pool): Promise<void> {
  for (const schema of [SCRATCH, REPLACED]) await pool.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
}

async function runAll(pool: Pool, query: string, values: readonly string[], changed = (statement: string): string => statement): Promise<void> {
  const { rows } = await pool.query<{ statement: string }>(query, [...values]);
  for (const { statement } of rows) await pool.query(changed(statement));
}
