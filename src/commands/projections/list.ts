import type { Pool } from 'pg';
import { loadSettings } from '#settings';
import { withLog } from '../../open-log.js';
import { READ_MODELS } from '../../read-models.js';
import { commandLine } from '../config-options.js';
import { logAsTool } from '../tool-logging.js';
import type { ListOptions } from './command.js';

interface Listed {
  readonly name: string;
  /** Inline: written with each append. */
  readonly kind: 'inline';
  /** Of each table. */
  readonly rows: Readonly<Record<string, number>>;
  /** Of the log's end. */
  readonly position: number;
  /** Events that the log has and the read model has not. */
  readonly lag: number;
}

/** `projections list`. */
export async function listProjections(options: ListOptions): Promise<void> {
  const loaded = loadSettings({ commandLine: commandLine(options) });
  logAsTool('afterimage-projections', loaded);
  const listed = await withLog(loaded.settings, 'read', async ({ pool, store }): Promise<Listed[]> => {
    const position = Number(await store.head());
    return Promise.all(READ_MODELS.map(async ({ name, tables }) => ({
      name, kind: 'inline' as const, position, lag: 0,
      rows: Object.fromEntries(await Promise.all(tables.map(async (table) => [table.name, await count(pool, table.name)] as const))),
    })));
  });
  process.stdout.write(options.json ? `${JSON.stringify(listed, undefined, 2)}\n` : listed.map(lineOf).join(''));
}

async function count(pool: Pool, table: string): Promise<number> {
  const { rows } = await pool.query<{ count: string }>(`SELECT count(*) FROM afterimage.${table}`);
  return Number(rows[0]?.count);
}

const lineOf = ({ name, kind, rows, position, lag }: Listed): string =>
  `${name.padEnd(16)} ${kind}, at ${position} of the log, ${lag} behind; ${Object.entries(rows).map(([table, number]) => `${table}: ${number} row(s)`).join(', ')}\n`;
