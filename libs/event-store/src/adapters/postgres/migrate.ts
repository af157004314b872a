import { type Kysely, Kysely as Database, type Migration, Migrator, PostgresDialect } from 'kysely';
import type { Pool } from 'pg';

export type Migrations = Readonly<Record<string, Migration>>;
export type { Kysely, Migration };

export const SCHEMA = 'afterimage';

/**
 * Brings the schema up to date, one process at a time. Every lib gives its migrations; compose them with
 * `{ ...EVENT_STORE_MIGRATIONS, ...others }`. Names sort as they were written: `0001-event-log`.
 */
export async function migrate(pool: Pool, migrations: Migrations): Promise<void> {
  const migrator = new Migrator({
    db: new Database<unknown>({ dialect: new PostgresDialect({ pool }) }),
    provider: { getMigrations: async () => ({ ...migrations }) },
    migrationTableSchema: SCHEMA,
    // Libs add theirs at their own pace: a lib's 0003 may come after another's 0101.
    allowUnorderedMigrations: true,
  });
  const { error, results } = await migrator.migrateToLatest();
  const failed = results?.find(({ status }) => status === 'Error');
  if (error) throw new Error(`the database could not be migrated${failed ? ` (${failed.migrationName})` : ''}`, { cause: error });
}
