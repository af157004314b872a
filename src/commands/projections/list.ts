import type { Pool } from 'pg';
import type { EventStore } from '#event-store';
import { loadSettings } from '#settings';
import { refuseModule } from '../../drivers/load-driver.js';
import { withLog } from '../../open-log.js';
import { READ_MODELS } from '../../read-models.js';
import { commandLine } from '../config-options.js';
import { logAsTool } from '../tool-logging.js';
import type { ListOptions } from './command.js';

interface Listed {
  readonly name: string;
  /** `inline`: written with each append; `follows`: written as the log grows. */
  readonly kind: 'inline' | 'follows';
  /** Of each table. */
  readonly rows: Readonly<Record<string, number>>;
  /** Up to which it has the log; with KurrentDB those of its `$all`. */
  readonly position: number;
  /** Events that the log has and the read model has not. */
  readonly lag: number;
}

/** `projections list`. */
export async function listProjections(options: ListOptions): Promise<void> {
  const loaded = loadSettings({ commandLine: commandLine(options) });
  logAsTool('afterimage-projections', loaded);
  const listed = await withLog(loaded.settings, 'read', async ({ pool, store, checkpoints, following, module }): Promise<Listed[]> => {
    refuseModule(module, 'afterimage projections');
    const position = following === undefined ? await store.head() : ((await checkpoints.read(following)) ?? 0n);
    const lag = following === undefined ? 0 : await behind(store, position);
    return Promise.all(READ_MODELS.map(async ({ name, tables }) => ({
      name, kind: following === undefined ? 'inline' as const : 'follows' as const, position: Number(position), lag,
      rows: Object.fromEntries(await Promise.all(tables.map(async (table) => [table.name, await count(pool, table.name)] as const))),
    })));
  });
  process.stdout.write(options.json ? `${JSON.stringify(listed, undefined, 2)}\n` : listed.map(lineOf).join(''));
}

async function behind(store: EventStore, position: bigint): Promise<number> {
  if (store.densePositions) return Number((await store.head()) - position);
  let events = 0;
  for (let after = position; ; ) {
    const page = await store.readLog({ after, limit: 1_000 });
    events += page.events.length;
    if (page.reached === after) return events;
    after = page.reached;
  }
}

async function count(pool: Pool, table: string): Promise<number> {
  const { rows } = await pool.query<{ count: string }>(`SELECT count(*) FROM afterimage.${table}`);
  return Number(rows[0]?.count);
}

const lineOf = ({ name, kind, rows, position, lag }: Listed): string =>
  `${name.padEnd(16)} ${kind}, at ${position} of the log, ${lag} event(s) behind; ${Object.entries(rows).map(([table, number]) => `${table}: ${number} row(s)`).join(', ')}\n`;
