import { createHash } from 'node:crypto';
import pg, { type ClientBase } from 'pg';
import type { SqlWrite } from '../../projection.js';

/** Characters of one message to the server. */
const MESSAGE = 1 << 20;

/** Texts that a connection has prepared, with the names they have there. */
const prepared = new WeakMap<ClientBase, Map<string, string>>();

/**
 * Runs many statements in their order, with few round trips: each text is prepared once for a connection, and then named with
 * its values in one message after the other. To be called within a transaction.
 */
export async function executeMany(client: ClientBase, writes: readonly SqlWrite[]): Promise<void> {
  const names = prepared.get(client) ?? new Map<string, string>();
  prepared.set(client, names);
  let message = '';
  for (const { text, values } of writes) {
    const name = names.get(text) ?? (await prepare(client, names, text));
    message += `EXECUTE ${name}${values.length > 0 ? `(${values.map(literal).join()})` : ''};`;
    if (message.length < MESSAGE) continue;
    await client.query(message);
    message = '';
  }
  if (message !== '') await client.query(message);
}

/** A name outlives the transaction that gave it, also one that is rolled back. */
async function prepare(client: ClientBase, names: Map<string, string>, text: string): Promise<string> {
  const name = `many_${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
  await client.query(`PREPARE ${name} AS ${text}`);
  names.set(text, name);
  return name;
}

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
