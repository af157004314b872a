import type { PoolClient } from 'pg';
import { SCHEMA } from '../migrate.js';
import type { ReadModelTable } from './read-model.js';
import { SCRATCH } from './scratch-copy.js';

const AT_ONCE = 500;

/** A column that is not what the log says. A row that only one side has differs in all its columns. */
export interface Difference {
  readonly table: string;
  /** Column and value of the primary key. */
  readonly key: Readonly<Record<string, unknown>>;
  readonly column: string;
  /** Undefined: there is no such row. */
  readonly live: unknown;
  readonly replayed: unknown;
}

type Row = Readonly<Record<string, unknown>>;

const KEY = `SELECT a.attname AS name FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
  WHERE i.indrelid = $1::regclass AND i.indisprimary ORDER BY array_position(i.indkey, a.attnum)`;

/** Of the transaction's snapshot, some at a time. */
export async function differences(client: PoolClient, { name, empty = 'false' }: ReadModelTable, tell: (difference: Difference) => void): Promise<void> {
  const key = (await client.query<{ name: string }>(KEY, [`${SCHEMA}.${name}`])).rows.map((column) => column.name);
  const side = (schema: string) => `(SELECT * FROM ${schema}.${name} WHERE NOT (${empty}))`;
  const same = key.map((column) => `l.${column} = r.${column}`).join(' AND ');
  await client.query(`DECLARE differing NO SCROLL CURSOR FOR SELECT to_jsonb(l) AS live, to_jsonb(r) AS replayed
    FROM ${side(SCHEMA)} l FULL JOIN ${side(SCRATCH)} r ON ${same} WHERE to_jsonb(l) IS DISTINCT FROM to_jsonb(r)`);
  for (;;) {
    const { rows } = await client.query<{ live: Row | null; replayed: Row | null }>(`FETCH ${AT_ONCE} FROM differing`);
    for (const { live, replayed } of rows) tellRow(name, key, live, replayed, tell);
    if (rows.length < AT_ONCE) break;
  }
  await client.query('CLOSE differing');
}

function tellRow(table: string, key: readonly string[], live: Row | null, replayed: Row | null, tell: (difference: Difference) => void): void {
  const any = live ?? replayed ?? {};
  const of = Object.fromEntries(key.map((column) => [column, any[column]]));
  for (const column of Object.keys(any)) {
    if (live && replayed && text(live[column]) === text(replayed[column])) continue;
    tell({ table, key: of, column, live: live?.[column], replayed: replayed?.[column] });
  }
}

/** PostgreSQL gives the keys of a jsonb value in an order of its own, always the same. */
const text = (value: unknown): string | undefined => JSON.stringify(value);
