import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { phaseOf, schemaState, type AnyDecider, type SchemaState } from '#event-store';
import { imageDecider, taskDecider } from '#images';
import { metadefsDecider } from '#metadefs';
import { redactUrls, type Settings } from '#settings';
import { careFor } from '../../database.js';
import { MIGRATIONS } from '../../persistence.js';
import { withDatabase } from '../db/with-database.js';
import { toolSettings } from '../tool-options.js';
import { checkTable, RESULTS, TITLE, type Checked } from './check-table.js';
import { checkSettings } from './checked-settings.js';
import type { CheckOptions } from './command.js';

const UNEXPECTED = 255;

/** Answers the exit code. */
export async function upgradeCheck(options: CheckOptions): Promise<number> {
  try {
    const { checks, settings } = checkSettings(toolSettings(options));
    const all = [...checks, ...(settings ? await checkDatabase(settings) : [])];
    process.stdout.write(`${options.json ? JSON.stringify({ name: TITLE, checks: all }) : checkTable(all)}\n`);
    return Math.max(...all.map(({ result }) => result));
  } catch (error) {
    // Never mistaken for what a check found.
    process.stdout.write(redactUrls(`Error:\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`));
    return UNEXPECTED;
  }
}

async function checkDatabase(settings: Settings): Promise<Checked[]> {
  const { readModel, stateDir } = settings;
  if (readModel.kind === 'memory') return [schema('success', 'The events are kept in memory.')];
  // To look is no reason to make one.
  if (readModel.kind === 'embedded' && !existsSync(join(stateDir, 'postgres', 'data', 'PG_VERSION'))) return [schema('success', `There is no database in ${stateDir} yet; the start makes it.`)];
  return withDatabase(settings, async (pool, _url, events) => {
    const checks = [schemaCheck(settings, await schemaState(pool, MIGRATIONS))];
    if (events) checks.push(schemaCheck(settings, await schemaState(events, MIGRATIONS)));
    const kept = events ?? pool;
    // KurrentDB would have to read the whole log.
    if (settings.eventStore.kind === 'kurrent') return checks;
    return (await schemaState(kept, MIGRATIONS)).applied ? [...checks, await unknownEvents(kept)] : checks;
  });
}

const schema = (result: keyof typeof RESULTS, details: string | null): Checked => ({ check: 'Event Store Schema', result: RESULTS[result], details });

function schemaCheck(settings: Settings, { applied, pending, newer }: SchemaState): Checked {
  const care = careFor(settings);
  const contracted = newer.filter((name) => phaseOf(name) === 'contract');
  if (contracted.length > 0) return schema('failure', `The database was made for a newer program (${contracted.join(', ')}).`);
  const additive = [...pending.expand, ...pending.migrate];
  if (!applied) return care === 'check' ? schema('failure', "The database is empty: run 'afterimage db sync'.") : schema('success', 'The database is empty; the start fills it.');
  if (additive.length > 0 && care === 'check') return schema('failure', `The schema lacks ${additive.join(', ')}: run 'afterimage db sync', or, while older programs run, 'afterimage db expand' and 'afterimage db migrate'.`);
  if (newer.length > 0) return schema('warning', `A newer program has expanded the schema (${newer.join(', ')}); it can still be used.`);
  if (care !== 'ours' && pending.contract.length > 0) return schema('warning', "Once no older program runs, run 'afterimage db contract'.");
  const due = [...additive, ...pending.contract];
  return schema('success', due.length > 0 ? `The start applies ${due.join(', ')}.` : `At ${applied.at(-1)}.`);
}

const DECIDERS = [imageDecider, taskDecider, metadefsDecider] as unknown as readonly AnyDecider[];

/** What this program would leave out of its folds. */
async function unknownEvents(pool: Pool): Promise<Checked> {
  const { rows } = await pool.query<{ type: string; v: number; count: string }>('SELECT type, v, count(*) FROM afterimage.event GROUP BY type, v ORDER BY type, v');
  const known = new Map(DECIDERS.flatMap(({ versions }) => Object.entries(versions)));
  const unknown = rows.filter(({ type, v }) => v > (known.get(type) ?? 0)).map(({ type, v, count }) => `${type}.v${v} (${count})`);
  return {
    check: 'Unknown Events',
    result: unknown.length > 0 ? RESULTS.warning : RESULTS.success,
    details: unknown.length > 0 ? `A newer program wrote ${unknown.join(', ')}: what has them cannot be changed by this one.` : null,
  };
}
