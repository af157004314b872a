/** One row; every value as text: whole numbers in decimal, times as the engine writes them, booleans as it has them (`1`, `true`, `t`). */
export type Row = Readonly<Record<string, string | null>>;

export interface Page {
  readonly table: string;
  /** A unique column; rows come in its order, as the engine compares. */
  readonly key: string;
  /** Rows after this value of the key; absent: from the first. */
  readonly after?: string | undefined;
  readonly limit: number;
}

/**
 * The database of another installation, only to be read. All answers are of one moment, that at which it was opened, as far
 * as the engine can. Names of tables and columns come from us, never from the data.
 */
export interface LegacyDatabase {
  /** What to call it to the operator; no password in it. */
  readonly place: string;
  /** Names of the columns; undefined where there is no such table. */
  columns(table: string): Promise<ReadonlySet<string> | undefined>;
  page(page: Page): Promise<readonly Row[]>;
  /** Every row in which the column has one of the values, in the order of `order`, a column too. */
  rowsOf(table: string, column: string, values: readonly string[], order: string): Promise<readonly Row[]>;
  count(table: string): Promise<number>;
  close(): Promise<void>;
}

/** What the engines differ in. `placeholder` counts from 1. */
export interface Dialect {
  quote(name: string): string;
  placeholder(index: number): string;
}

export interface Query {
  readonly text: string;
  readonly values: readonly string[];
}

export function pageQuery({ quote, placeholder }: Dialect, { table, key, after, limit }: Page): Query {
  const where = after === undefined ? '' : ` WHERE ${quote(key)} > ${placeholder(1)}`;
  return { text: `SELECT * FROM ${quote(table)}${where} ORDER BY ${quote(key)} LIMIT ${limit}`, values: after === undefined ? [] : [after] };
}

export function rowsQuery({ quote, placeholder }: Dialect, table: string, column: string, values: readonly string[], order: string): Query {
  const list = values.map((_, i) => placeholder(i + 1)).join(', ');
  return { text: `SELECT * FROM ${quote(table)} WHERE ${quote(column)} IN (${list}) ORDER BY ${quote(order)}`, values };
}

export const countQuery = ({ quote }: Dialect, table: string): string => `SELECT count(*) AS ${quote('n')} FROM ${quote(table)}`;
