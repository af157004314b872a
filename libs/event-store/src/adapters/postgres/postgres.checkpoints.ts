import type { Pool } from 'pg';
import type { Checkpoints } from '../../checkpoints.js';

export function createPostgresCheckpoints({ pool }: { readonly pool: Pool }): Checkpoints {
  return {
    async read(name) {
      const { rows } = await pool.query<{ position: string }>({
        name: 'checkpoint-read', text: 'SELECT position FROM afterimage.follower WHERE name = $1', values: [name],
      });
      return rows[0] && BigInt(rows[0].position);
    },
    async write(name, position) {
      await pool.query({
        name: 'checkpoint-write',
        text: 'INSERT INTO afterimage.follower (name, position) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET position = excluded.position',
        values: [name, position],
      });
    },
  };
}
