import { readFileSync } from 'node:fs';
import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise';
import { countQuery, pageQuery, rowsQuery, type Dialect, type LegacyDatabase, type Query, type Row } from './legacy-database.js';
import { placeOf, type ServerPlace } from './legacy-url.js';

const DIALECT: Dialect = { quote: (name) => `\`${name}\``, placeholder: () => '?' };
const CONNECT_MS = 20_000;

export async function openMysql(place: ServerPlace): Promise<LegacyDatabase> {
  const { database, user, password, port, socket, host = 'localhost', ca } = place;
  const connection = await createConnection({
    database, connectTimeout: CONNECT_MS, charset: 'utf8mb4', timezone: 'Z',
    typeCast: (field) => field.string(),
    ...(socket === undefined ? { host } : { socketPath: socket }),
    ...(port === undefined ? {} : { port }), ...(user === undefined ? {} : { user }), ...(password === undefined ? {} : { password }),
    ...(ca === undefined ? {} : { ssl: { ca: readFileSync(ca, 'utf8') } }),
  });
  await connection.query('SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ');
  // READ ONLY is not known to the servers of the oldest installations.
  await connection.query('START TRANSACTION WITH CONSISTENT SNAPSHOT');
  return new MysqlSource(placeOf(place), connection, database);
}

class MysqlSource implements LegacyDatabase {
  constructor(readonly place: string, private readonly connection: Connection, private readonly database: string) {}

  async columns(table: string): Promise<ReadonlySet<string> | undefined> {
    const text = 'SELECT column_name AS name FROM information_schema.columns WHERE table_schema = ? AND table_name = ?';
    const rows = await this.query({ text, values: [this.database, table] });
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
    await this.connection.end();
  }

  private async query({ text, values }: Query): Promise<Row[]> {
    const [rows] = await this.connection.query<RowDataPacket[]>(text, [...values]);
    return rows.map((row) => ({ ...row }));
  }
}
