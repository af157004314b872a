import type { Pool } from 'pg';
import type { SqlWrite } from '../../projection.js';
import { writeStatement } from './append-statement.js';

/** Makes the writes of projections for some changes without an append, and notes how far a reader of the log has come with them: all or nothing. */
export async function applyWrites(pool: Pool, changes: readonly (readonly SqlWrite[])[], checkpoint: { readonly name: string; readonly position: bigint }): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    for (const writes of changes) await client.query({ ...writeStatement(writes), values: writes.flatMap(({ values }) => values) });
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
