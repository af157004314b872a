import { sql } from 'kysely';
import type { Pool } from 'pg';
import type { Migrations } from '#event-store';
import type { CacheNodes } from '#stores';

const NOTE = `INSERT INTO afterimage.cached_image (image_id, node) VALUES ($1, $2) ON CONFLICT DO NOTHING`;
const FORGET = `DELETE FROM afterimage.cached_image WHERE image_id = $1 AND node = $2`;
const REPLACE = `WITH gone AS (DELETE FROM afterimage.cached_image WHERE node = $1 AND image_id <> ALL ($2::uuid[]))
  INSERT INTO afterimage.cached_image (image_id, node) SELECT id, $1 FROM unnest($2::uuid[]) AS id ON CONFLICT DO NOTHING`;
const WITH = `SELECT node FROM afterimage.cached_image WHERE image_id = $1 ORDER BY node`;

/** In the database that all nodes share. */
export class PostgresCacheNodes implements CacheNodes {
  constructor(private readonly pool: Pool) {}

  async note(node: string, imageId: string, cached: boolean): Promise<void> {
    await this.pool.query({ name: cached ? 'cache-note' : 'cache-forget', text: cached ? NOTE : FORGET, values: [imageId, node] });
  }

  async replace(node: string, imageIds: readonly string[]): Promise<void> {
    await this.pool.query(REPLACE, [node, imageIds]);
  }

  async with(imageId: string): Promise<readonly string[]> {
    const { rows } = await this.pool.query<{ node: string }>({ name: 'cache-with', text: WITH, values: [imageId] });
    return rows.map(({ node }) => node);
  }
}

const TABLE = [
  // Process state: each node writes anew what it has at every start.
  `CREATE UNLOGGED TABLE afterimage.cached_image (image_id uuid NOT NULL, node text COLLATE "C" NOT NULL, PRIMARY KEY (image_id, node))`,
  `CREATE INDEX cached_image_by_node ON afterimage.cached_image (node)`,
];

export const CACHE_MIGRATIONS: Migrations = {
  '0007-cache-nodes': {
    async up(db) {
      for (const statement of TABLE) await sql.raw(statement).execute(db);
    },
  },
};
