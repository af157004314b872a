import { Logger } from '@nestjs/common';
import type { Pool } from 'pg';
import { SchemaMissing, SchemaOutdated, SchemaTooNew } from '../../event-store.errors.js';
import { appliedMigrations, migrate, type Migrations } from './migrate.js';
import { phaseOf, PHASES, type Phase } from './schema-phases.js';

export interface SchemaState {
  /** By name; undefined: the database has no schema of ours. */
  readonly applied?: readonly string[];
  /** What this program has and the database has not. */
  readonly pending: Readonly<Record<Phase, readonly string[]>>;
  /** What only a newer program has. */
  readonly newer: readonly string[];
}

/**
 * Who looks after a schema: `ours`, it is brought up to date at every start; `create`, an empty database is filled and an older
 * one gets what programs of before can live with; `check`, nothing is changed without `afterimage db`.
 */
export type SchemaCare = 'ours' | 'create' | 'check';

export async function schemaState(pool: Pool, migrations: Migrations): Promise<SchemaState> {
  const applied = await appliedMigrations(pool);
  const pending = Object.keys(migrations).filter((name) => applied?.includes(name) !== true).toSorted();
  const of = (phase: Phase) => pending.filter((name) => phaseOf(name) === phase);
  return {
    ...(applied ? { applied } : {}),
    pending: { expand: of('expand'), migrate: of('migrate'), contract: of('contract') },
    newer: (applied ?? []).filter((name) => !Object.hasOwn(migrations, name)),
  };
}

/** The next step of an upgrade; undefined: none is left. */
export const nextPhase = ({ pending }: SchemaState): Phase | undefined => PHASES.find((phase) => pending[phase].length > 0);

/** Asks whether a migration has been; what has been once is not asked again. */
export function contractedIn(pool: Pool): (migration: string) => Promise<boolean> {
  let known: readonly string[] = [];
  return async (migration) => {
    if (!known.includes(migration)) known = (await appliedMigrations(pool)) ?? [];
    return known.includes(migration);
  };
}

/** Throws `SchemaTooNew` where a newer program has taken away what this one needs. */
export function assertNotTooNew({ newer }: SchemaState): void {
  const contracted = newer.filter((name) => phaseOf(name) === 'contract');
  if (contracted.length > 0) throw new SchemaTooNew(contracted);
}

/** At a start. Throws `SchemaMissing`, `SchemaOutdated` or `SchemaTooNew` where the program cannot work, and then has changed nothing. */
export async function prepareSchema(pool: Pool, migrations: Migrations, care: SchemaCare): Promise<void> {
  const state = await schemaState(pool, migrations);
  assertNotTooNew(state);
  const { applied, pending, newer } = state;
  if (care === 'check') assertUsable(state);
  else await migrate(pool, migrations, care === 'ours' || !applied ? PHASES : ['expand', 'migrate']);
  const log = new Logger('Database');
  if (newer.length > 0) log.warn(`a newer program has expanded the schema (${newer.join(', ')}): this one goes on with it until 'afterimage db contract' is run`);
  if (care !== 'ours' && applied && pending.contract.length > 0) log.warn("once no older program runs any more, run 'afterimage db contract'");
}

function assertUsable({ applied, pending }: SchemaState): void {
  if (!applied) throw new SchemaMissing();
  const missing = [...pending.expand, ...pending.migrate];
  if (missing.length > 0) throw new SchemaOutdated(missing);
}
