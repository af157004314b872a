import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import type { SqlWrite } from '../../projection.js';

/** Makes writes of projections without an append, and writes down how far a reader of the log has come with them: all or nothing. */
export async function applyWrites(pool: Pool, writes: readonly SqlWrite[], checkpoint: { readonly name: string; readonly position: bigint }): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    for (const { text, values } of writes) await client.query({ name: nameOf(text), text, values: [...values] });
    await client.query(
      'INSERT INTO afterimage.follower (name, position) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET position = excluded.position',
      [checkpoint.name, checkpoint.position],
    );
    await client.query('COMMIT');
    client.release();
  } catch (error) {
    client.release(true);
    throw error;
  }
}

const names = new Map<string, string>();

function nameOf(text: string): string {
  const name = names.get(text) ?? `write-${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
  names.set(text, name);
  return name;
}
