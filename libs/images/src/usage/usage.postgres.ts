import type { Pool } from 'pg';
import type { InlineProjection, SqlWrite } from '#event-store';
import type { ImageState } from '../image/image.state.js';
import { IMAGE_STREAMS } from '../read-model/image-list.projection.js';
import { usageChanges } from './usage.projection.js';
import type { Answer, Asked, OwnerUsage, Usage } from './usage.js';

type Row<T> = { readonly [K in keyof T]: string | null };

const STATEMENTS = {
  of: 'SELECT coalesce(sum(bytes), 0) AS bytes, coalesce(sum(staged), 0) AS staged, coalesce(sum(images), 0) AS images FROM afterimage.usage WHERE owner = $1',
  reserve: 'SELECT granted, room FROM afterimage.reserve_usage($1, $2, $3, $4, $5, $6, $7)',
  renew: `UPDATE afterimage.usage_reservation SET expires_at = clock_timestamp() + $2::float8 * interval '1 ms'
    WHERE holder = $1 AND expires_at > clock_timestamp()`,
  release: 'DELETE FROM afterimage.usage_reservation WHERE holder = $1',
};

/** Reads the table that `postgresUsageProjection` writes. All times are the database's. */
export class PostgresUsage implements Usage {
  constructor(private readonly pool: Pool) {}

  async of(owner: string): Promise<OwnerUsage> {
    const [row] = await this.run<Row<OwnerUsage>>('of', owner);
    return { bytes: BigInt(row?.bytes ?? 0), staged: BigInt(row?.staged ?? 0), images: BigInt(row?.images ?? 0) };
  }

  async reserve({ owner, what, holder, least, most = least }: Asked, limit: bigint, ttlMs: number): Promise<Answer> {
    const [row] = await this.run<{ granted: string | null; room: string }>('reserve', owner, what, holder, least, most, limit, ttlMs);
    if (!row) throw new TypeError('reserve_usage answered nothing');
    return { amount: row.granted === null ? undefined : BigInt(row.granted), room: BigInt(row.room) };
  }

  async renew(holder: string, ttlMs: number): Promise<void> {
    await this.run('renew', holder, ttlMs);
  }

  async release(holder: string): Promise<void> {
    await this.run('release', holder);
  }

  private async run<R extends object>(statement: keyof typeof STATEMENTS, ...values: unknown[]): Promise<R[]> {
    return (await this.pool.query<R>({ name: `usage-${statement}`, text: STATEMENTS[statement], values })).rows;
  }
}

/** Rows are locked in the order of their owners, so that two images given both ways do not wait for each other. */
const book = (owners: number): string => `INSERT INTO afterimage.usage AS u (owner, slot, bytes, staged, images) VALUES ${
  Array.from({ length: owners }, (_, i) => `($${i * 5 + 1}::text, $${i * 5 + 2}::smallint, $${i * 5 + 3}::numeric, $${i * 5 + 4}::numeric, $${i * 5 + 5}::bigint)`).join(', ')}
  ON CONFLICT (owner, slot) DO UPDATE SET bytes = u.bytes + excluded.bytes, staged = u.staged + excluded.staged, images = u.images + excluded.images`;
const BOOK = [book(0), book(1), book(2)];

const slotOf = (stream: string): number => Number.parseInt(stream.slice(-1), 16);

export const postgresUsageProjection: InlineProjection<ImageState, SqlWrite> = {
  name: 'usage',
  streamPrefix: IMAGE_STREAMS,
  write(change) {
    const changes = usageChanges(change);
    const values = changes.flatMap(({ owner, bytes, staged, images }) => [owner, slotOf(change.stream), bytes, staged, images]);
    const booked = changes.length === 0 ? [] : [{ text: BOOK[changes.length] ?? '', values }];
    return change.settles === undefined ? booked : [...booked, { text: STATEMENTS.release, values: [change.settles] }];
  },
};
