import { existsSync } from 'node:fs';
import type { DatabaseSync, SQLInputValue, SQLOutputValue } from 'node:sqlite';
import { countQuery, pageQuery, rowsQuery, type Dialect, type LegacyDatabase, type Query, type Row } from './legacy-database.js';
import { placeOf, type FilePlace } from './legacy-url.js';

const DIALECT: Dialect = { quote: (name) => `"${name}"`, placeholder: () => '?' };

export async function openSqlite(place: FilePlace): Promise<LegacyDatabase> {
  if (!existsSync(place.path)) throw new Error('there is no such file');
  const { DatabaseSync } = await withoutWarning(() => import('node:sqlite'));
  const database = new DatabaseSync(place.path, { readOnly: true });
  try {
    // What is no database is found here.
    database.exec('BEGIN; SELECT count(*) FROM sqlite_master');
  } catch (error) {
    database.close();
    throw error;
  }
  return new SqliteSource(placeOf(place), database);
}

class SqliteSource implements LegacyDatabase {
  constructor(readonly place: string, private readonly database: DatabaseSync) {}

  async columns(table: string): Promise<ReadonlySet<string> | undefined> {
    const rows = this.query({ text: 'SELECT name FROM pragma_table_info(?)', values: [table] });
    return rows.length === 0 ? undefined : new Set(rows.map(({ name }) => name ?? ''));
  }

  async page(page: Parameters<LegacyDatabase['page']>[0]): Promise<readonly Row[]> {
    return this.query(pageQuery(DIALECT, page));
  }

  async rowsOf(table: string, column: string, values: readonly string[], order: string): Promise<readonly Row[]> {
    return values.length === 0 ? [] : this.query(rowsQuery(DIALECT, table, column, values, order));
  }

  async count(table: string): Promise<number> {
    return Number(this.query({ text: countQuery(DIALECT, table), values: [] })[0]?.['n']);
  }

  async close(): Promise<void> {
    this.database.close();
  }

  private query({ text, values }: Query): Row[] {
    const statement = this.database.prepare(text);
    statement.setReadBigInts(true);
    return statement.all(...(values as SQLInputValue[])).map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, textOf(value)])));
  }
}

function textOf(value: SQLOutputValue | undefined): string | null {
  if (value === null || value === undefined) return null;
  return value instanceof Uint8Array ? Buffer.from(value).toString() : String(value);
}

/** Node says of this module that it is an experiment; the operator need not care. */
async function withoutWarning<T>(load: () => Promise<T>): Promise<T> {
  const { emitWarning } = process;
  process.emitWarning = ((warning: string | Error, ...more: never[]) => {
    if (!String(warning).includes('SQLite')) emitWarning.call(process, warning, ...more);
  }) as typeof process.emitWarning;
  try {
    return await load();
  } finally {
    process.emitWarning = emitWarning;
  }
}
