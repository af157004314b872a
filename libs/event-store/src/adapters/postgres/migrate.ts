import { type Kysely, Kysely as Database, type Migration, Migrator, PostgresDialect } from 'kysely';
import type { Pool } from 'pg';
import { phaseOf, PHASES, type Phase } from './schema-phases.js';

export type Migrations = Readonly<Record<string, Migration>>;
export type { Kysely, Migration };

export const SCHEMA = 'afterimage';

/** Names of the migrations that a database has had, also those that this program does not know; undefined: it has no schema of ours. */
export async function appliedMigrations(pool: Pool): Promise<readonly string[] | undefined> {
  const { rows: [table] } = await pool.query<{ there: boolean }>(`SELECT to_regclass('${SCHEMA}.kysely_migration') IS NOT NULL AS there`);
  if (!table?.there) return undefined;
  const { rows } = await pool.query<{ name: string }>(`SELECT name FROM ${SCHEMA}.kysely_migration ORDER BY name`);
  return rows.length === 0 ? undefined : rows.map(({ name }) => name);
}

const nothing: Migration = { up: async () => undefined };

/**
 * Brings the schema up to date as far as the phases go, one process at a time. Every lib gives its migrations; compose them with
 * `{ ...EVENT_STORE_MIGRATIONS, ...others }`. Names sort as they were written, and end with their phase unless it is the first:
 * `0001-event-log`, `0031-image-row.migrate`, `0032-old-columns.contract`.
 */
export async function migrate(pool: Pool, migrations: Migrations, phases: readonly Phase[] = PHASES): Promise<void> {
  // What a newer program has applied is none of this one's business.
  const applied = Object.fromEntries(((await appliedMigrations(pool)) ?? []).map((name) => [name, nothing]));
  const wanted = Object.fromEntries(Object.entries(migrations).filter(([name]) => phases.includes(phaseOf(name))));
  const migrator = new Migrator({
    db: new Database<unknown>({ dialect: new PostgresDialect({ pool }) }),
    provider: { getMigrations: async () => ({ ...applied, ...wanted }) },
    migrationTableSchema: SCHEMA,
    // Libs add theirs at their own pace: a lib's 0003 may come after another's 0101.
    allowUnorderedMigrations: true,
  });
  const { error, results } = await migrator.migrateToLatest();
  const failed = results?.find(({ status }) => status === 'Error');
  if (error) throw new Error(`the database could not be migrated${failed ? ` (${failed.migrationName})` : ''}`, { cause: error });
}
