import type { ClientBase, Pool } from 'pg';
import type { SqlWrite } from '../../projection.js';
import type { ProjectionTarget } from '../../projector/projection-target.js';
import { executeMany } from './execute-many.js';

export interface PostgresProjectionTargetOptions {
  readonly pool: Pool;
  /** Where the table of checkpoints stands; default `afterimage`. */
  readonly schema?: string;
  /** Changes the text of each write. */
  readonly rewrite?: (text: string) => string;
  /** False: what was written lately may be lost with the server, together with the checkpoint. */
  readonly durable?: boolean;
}

/** The rows and the checkpoint in one transaction. */
export function createPostgresProjectionTarget({ pool, schema = 'afterimage', rewrite, durable = true }: PostgresProjectionTargetOptions): ProjectionTarget<SqlWrite> {
  const texts = new Map<string, string>();
  const other = (text: string): string => {
    const found = texts.get(text) ?? rewrite?.(text) ?? text;
    texts.set(text, found);
    return found;
  };
  /** Values are asked for only where they are used. */
  const rewritten = (write: SqlWrite): SqlWrite => ({
    text: other(write.text),
    key: write.key,
    many: write.many && { ...write.many, text: other(write.many.text) },
    get values() {
      return write.values;
    },
  });
  return {
    async checkpoint(name) {
      const { rows } = await pool.query<{ position: string }>(`SELECT position FROM ${schema}.follower WHERE name = $1`, [name]);
      return rows[0] && BigInt(rows[0].position);
    },
    async apply(name, from, to, writes) {
      const client = await pool.connect();
      try {
        await client.query(durable ? 'BEGIN' : 'BEGIN; SET LOCAL synchronous_commit = off');
        const moved = await move(client, schema, name, from, to);
        if (moved) await executeMany(client, rewrite ? writes.map(rewritten) : writes);
        await client.query(moved ? 'COMMIT' : 'ROLLBACK');
        client.release();
        return moved;
      } catch (error) {
        client.release(true);
        throw error;
      }
    },
  };
}

/** Locks the checkpoint until the transaction ends: of two from one position the second finds it moved. */
async function move(client: ClientBase, schema: string, name: string, from: bigint, to: bigint): Promise<boolean> {
  const updated = await client.query(`UPDATE ${schema}.follower SET position = $3 WHERE name = $1 AND position = $2`, [name, from, to]);
  if (updated.rowCount === 1 || from !== 0n) return updated.rowCount === 1;
  return (await client.query(`INSERT INTO ${schema}.follower (name, position) VALUES ($1, $2) ON CONFLICT DO NOTHING`, [name, to])).rowCount === 1;
}
