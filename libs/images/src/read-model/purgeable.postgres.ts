import type { Pool } from 'pg';
import type { ImageRecordPurged } from '../image/image.events.js';

export interface PurgeQuery {
  readonly extent: ImageRecordPurged['data']['extent'];
  /** Deleted before this time (ISO 8601 with ms). */
  readonly before: string;
  /** At most so many; undefined: all. */
  readonly limit: number | undefined;
}

/** There is something to take away. */
const HAS_DETAILS = `(tags <> '{}' OR props <> '{}' OR doc->'members' <> '[]' OR doc->'imports' <> '[]')`;

/** Ids of images that were deleted for good and of which a purge would take something away, those deleted first first. */
export async function purgeableImages(pool: Pool, { extent, before, limit }: PurgeQuery): Promise<readonly string[]> {
  const { rows } = await pool.query<{ id: string }>(`SELECT id FROM afterimage.image
    WHERE status = 'deleted' AND open_work = '{}' AND doc->>'deletedAt' < $1 COLLATE "C" ${extent === 'row' ? '' : `AND ${HAS_DETAILS}`}
    ORDER BY (doc->>'deletedAt') COLLATE "C", id LIMIT $2`, [before, limit ?? null]);
  return rows.map(({ id }) => id);
}
