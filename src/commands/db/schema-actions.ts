import type { Pool } from 'pg';
import { JobTablesMissing, openJobRunner } from '#apps/worker';
import { assertNotTooNew, migrate, nextPhase, PHASES, schemaState, type Phase, type SchemaState } from '#event-store';
import type { Settings } from '#settings';
import { MIGRATIONS } from '../../persistence.js';
import type { Asked } from './actions.js';
import { dbSettings, withDatabase } from './with-database.js';

/** Exit codes of `check`, as glance-manage's. */
const NEXT: Readonly<Record<Phase, { readonly code: number; readonly step: string }>> = {
  expand: { code: 3, step: 'first' },
  migrate: { code: 4, step: 'next' },
  contract: { code: 5, step: 'next' },
};

const say = (text: string): void => void process.stdout.write(`${text}\n`);

interface Database {
  readonly settings: Settings;
  /** That of the events first, where it is another; `state` is what is behind in any of them. */
  readonly pools: readonly Pool[];
  readonly url: string;
  readonly state: SchemaState;
  /** Whether BullMQ's tables are where the jobs are kept. */
  readonly queues: boolean;
}

/** Fails with `SchemaTooNew` where only a newer program may touch the schema. */
function onSchema<T>({ options }: Asked, work: (database: Database) => Promise<T>): Promise<T> {
  const settings = dbSettings(options);
  return withDatabase(settings, async (pool, url, events) => {
    const pools = events ? [events, pool] : [pool];
    const state = await stateOf(pools);
    assertNotTooNew(state);
    return work({ settings, pools, url, state, queues: await openJobs(settings, url, false) });
  });
}

async function stateOf(pools: readonly Pool[]): Promise<SchemaState> {
  const states = await Promise.all(pools.map((pool) => schemaState(pool, MIGRATIONS)));
  return states.reduce((one, other) => ({
    applied: one.applied && other.applied && one.applied.filter((name) => other.applied?.includes(name)),
    pending: { expand: union(one.pending.expand, other.pending.expand), migrate: union(one.pending.migrate, other.pending.migrate), contract: union(one.pending.contract, other.pending.contract) },
    newer: union(one.newer, other.newer),
  }));
}

const union = (one: readonly string[], other: readonly string[]): readonly string[] => [...new Set([...one, ...other])].toSorted();

const upToDate = (database: Database): boolean => nextOf(database) === undefined;
const newest = ({ applied }: SchemaState): string => applied?.at(-1) ?? 'none';

/** The next step of an upgrade; undefined: none is left. */
const nextOf = ({ state, queues }: Database): Phase | undefined => (queues ? nextPhase(state) : 'expand');

/** BullMQ looks after its own tables; answers whether they are there. */
async function openJobs({ jobs }: Settings, url: string, createsTables: boolean): Promise<boolean> {
  if (jobs.kind !== 'postgres') return true;
  try {
    await (await openJobRunner({ kind: jobs.kind, url: jobs.url ?? url, createsTables })).stop(0);
    return true;
  } catch (error) {
    if (error instanceof JobTablesMissing) return false;
    throw error;
  }
}

async function advance({ settings, pools, url }: Database, migrations: typeof MIGRATIONS, phases: readonly Phase[]): Promise<SchemaState> {
  if (phases.includes('expand')) await openJobs(settings, url, true);
  for (const pool of pools) await migrate(pool, migrations, phases);
  return stateOf(pools);
}

export const sync = (asked: Asked): Promise<number> =>
  onSchema(asked, async (database) => {
    await advance(database, MIGRATIONS, PHASES);
    say(upToDate(database) ? 'Database is up to date. No migrations needed.' : 'Database is synced successfully.');
    return 0;
  });

export const check = (asked: Asked): Promise<number> =>
  onSchema(asked, async (database) => {
    const next = nextOf(database);
    const { state: { pending, newer }, queues } = database;
    if (asked.options.json) say(JSON.stringify({ next: next ?? null, pending, newer, queues }));
    else say(next === undefined
      ? 'Database is up to date. No upgrades needed.'
      : `Your database is not up to date. Your ${NEXT[next].step} step is to run \`${asked.program} ${next}\`.`);
    return next === undefined ? 0 : NEXT[next].code;
  });

export const version = (asked: Asked): Promise<number> =>
  onSchema(asked, async ({ state }) => {
    if (asked.options.json) say(JSON.stringify({ version: state.applied?.at(-1) ?? null, applied: state.applied ?? [] }));
    else say(state.applied ? newest(state) : `Database is not under migration control: run \`${asked.program} sync\`.`);
    return 0;
  });

/** All migrations up to the named one, or all there are. */
export const upgrade = (asked: Asked): Promise<number> =>
  onSchema(asked, async (database) => {
    const wanted = asked.options.version ?? asked.words[0] ?? 'heads';
    const last = Object.keys(MIGRATIONS).toSorted().findLast((name) => /^heads?$/.test(wanted) || name === wanted || name.startsWith(`${wanted}-`));
    if (last === undefined) throw new Error(`Can't locate revision identified by '${wanted}'`);
    const chosen = Object.fromEntries(Object.entries(MIGRATIONS).filter(([name]) => name <= last));
    say(`Upgraded database, current revision(s): ${newest(await advance(database, chosen, PHASES))}`);
    return 0;
  });

export const versionControl = (asked: Asked): Promise<number> =>
  onSchema(asked, async ({ pools, state }) => {
    const wanted = asked.options.version ?? asked.words[0];
    if (wanted !== undefined && wanted !== newest(state)) throw new Error(`the database is at ${newest(state)}: which migrations it has had is written down with each, and cannot be claimed; run \`${asked.program} upgrade --version ${wanted}\``);
    if (!state.applied) for (const pool of pools) await migrate(pool, {});
    say(`Placed database under migration control at revision: ${newest(state)}`);
    return 0;
  });

export const expand = (asked: Asked): Promise<number> => step(asked, 'expand');
export const moveData = (asked: Asked): Promise<number> => step(asked, 'migrate');
export const contract = (asked: Asked): Promise<number> => step(asked, 'contract');

const WORDS: Readonly<Record<Phase, string>> = { expand: 'Database expansion', migrate: 'Data migration', contract: 'Database contraction' };

/** One phase; refused before the phases that it builds on. */
function step(asked: Asked, phase: Phase): Promise<number> {
  return onSchema(asked, async (database) => {
    const { state } = database;
    if (upToDate(database)) {
      say('Database is up to date. No migrations needed.');
      return 0;
    }
    const first = nextOf(database);
    if (first !== undefined && PHASES.indexOf(first) < PHASES.indexOf(phase)) {
      throw new Error(`${WORDS[phase]} did not run. It cannot be run before ${WORDS[first].toLowerCase()}: run \`${asked.program} ${first}\` first.`);
    }
    if (first !== phase) say(`${WORDS[phase]} is up to date.`);
    else {
      const after = await advance(database, MIGRATIONS, [phase]);
      say(`Upgraded database to: ${state.pending[phase].join(', ') || 'the tables of the queues'}, current revision(s): ${newest(after)}`);
    }
    return 0;
  });
}
