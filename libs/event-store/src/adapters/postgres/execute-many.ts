import { createHash } from 'node:crypto';
import pg, { type ClientBase } from 'pg';
import type { SqlWrite } from '../../projection.js';

/** Characters of one message to the server. */
const MESSAGE = 1 << 20;
/** Rows of one statement. */
const ROWS = 2_000;

/** Texts that a connection has prepared, with the names they have there. */
const prepared = new WeakMap<ClientBase, Map<string, string>>();

/**
 * Makes many writes with few round trips, as if in their order. Those that can be made for many rows at once wait for each other, until
 * another is about what one of them is about. To be called within a transaction.
 */
export async function executeMany(client: ClientBase, writes: readonly SqlWrite[]): Promise<void> {
  const batch = new Batch(client);
  for (const write of writes) await batch.add(write);
  await batch.flush();
}

interface Group {
  readonly rows: object[];
  readonly keys: Set<string>;
}

class Batch {
  /** By the text of their statement. */
  private readonly groups = new Map<string, Group>();
  private message = '';

  constructor(private readonly client: ClientBase) {}

  async add(write: SqlWrite): Promise<void> {
    const { key, many } = write;
    if (key === undefined) await this.flush();
    else for (const [text, group] of this.groups) if (group.keys.has(key) && !(many?.sums === true && many.text === text)) await this.send(text, group);
    if (key !== undefined && many) return this.collect(key, many.text, many.row);
    this.message += await this.execute(write);
    if (this.message.length >= MESSAGE) await this.sendMessage();
  }

  async flush(): Promise<void> {
    await this.sendMessage();
    for (const [text, group] of this.groups) await this.send(text, group);
  }

  private async collect(key: string, text: string, row: object): Promise<void> {
    const group = this.groups.get(text) ?? { rows: [], keys: new Set() };
    this.groups.set(text, group);
    group.rows.push(row);
    group.keys.add(key);
    if (group.rows.length >= ROWS) await this.send(text, group);
  }

  /** What was to be done before any of its rows is done before all of them. */
  private async send(text: string, { rows }: Group): Promise<void> {
    await this.sendMessage();
    this.groups.delete(text);
    await this.client.query({ name: nameOf(text), text, values: [JSON.stringify(rows)] });
  }

  private async sendMessage(): Promise<void> {
    const { message } = this;
    this.message = '';
    if (message !== '') await this.client.query(message);
  }

  /** Each text is prepared once for a connection, and then named with its values. A name outlives the transaction that gave it, also one that is rolled back. */
  private async execute({ text, values }: SqlWrite): Promise<string> {
    const names = prepared.get(this.client) ?? new Map<string, string>();
    prepared.set(this.client, names);
    const name = names.get(text) ?? nameOf(text);
    if (!names.has(text)) await this.client.query(`PREPARE ${name} AS ${text}`);
    names.set(text, name);
    return `EXECUTE ${name}${values.length > 0 ? `(${values.map(literal).join()})` : ''};`;
  }
}

const nameOf = (text: string): string => `many_${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;

/** Of no type yet: the prepared statement knows it. */
function literal(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  if (Array.isArray(value)) return pg.escapeLiteral(array(value));
  if (value instanceof Date) return `'${value.toISOString()}'`;
  if (Buffer.isBuffer(value)) return `'\\x${value.toString('hex')}'`;
  if (typeof value === 'string') return pg.escapeLiteral(value);
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return `'${value}'`;
  throw new TypeError('a write has a value that is no SQL value');
}

const array = (values: readonly (string | number | bigint | boolean | null)[]): string =>
  `{${values.map((value) => (value === null ? 'NULL' : `"${String(value).replace(/["\\]/g, '\\$&')}"`)).join()}}`;
