import { readFileSync } from 'node:fs';
import pg from 'pg';
import { countQuery, pageQuery, rowsQuery, type Dialect, type LegacyDatabase, type Query, type Row } from './legacy-database.js';
import { placeOf, type ServerPlace } from './legacy-url.js';

const DIALECT: Dialect = { quote: (name) => `"${name}"`, placeholder: (index) => `$${index}` };
const CONNECT_MS = 20_000;

export async function openPostgres(place: ServerPlace): Promise<LegacyDatabase> {
  const { database, user, password, port, socket, host = 'localhost', ca } = place;
  const client = new pg.Client({
    database, host: socket ?? host, connectionTimeoutMillis: CONNECT_MS, application_name: 'afterimage-import-legacy',
    types: { getTypeParser: () => (text: unknown) => text } as never,
    ...(port === undefined ? {} : { port }), ...(user === undefined ? {} : { user }), ...(password === undefined ? {} : { password }),
    ...(ca === undefined ? {} : { ssl: { ca: readFileSync(ca, 'utf8') } }),
  });
  // A server that ends in the middle fails the next query, which tells it.
  client.on('error', () => undefined);
  await client.connect();
  await client.query("SET TIME ZONE 'UTC'; SET datestyle = 'ISO'; BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  return new PostgresSource(placeOf(place), client);
}

class PostgresSource implements LegacyDatabase {
  constructor(readonly place: string, private readonly client: pg.Client) {}

  async columns(table: string): Promise<ReadonlySet<string> | undefined> {
    const text = 'SELECT column_name AS name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1';
    const rows = await this.query({ text, values: [table] });
    return rows.length === 0 ? undefined : new Set(rows.map(({ name }) => name ?? ''));
  }

  page(page: Parameters<LegacyDatabase['page']>[0]): Promise<readonly Row[]> {
    return this.query(pageQuery(DIALECT, page));
  }

  async rowsOf(table: string, column: string, values: readonly string[], order: string): Promise<readonly Row[]> {
    return values.length === 0 ? [] : this.query(rowsQuery(DIALECT, table, column, values, order));
  }

  async count(table: string): Promise<number> {
    return Number((await this.query({ text: countQuery(DIALECT, table), values: [] }))[0]?.['n']);
  }

  async close(): Promise<void> {
    await this.client.end();
  }

  private async query({ text, values }: Query): Promise<Row[]> {
    return (await this.client.query<Row>(text, [...values])).rows;
  }
}
