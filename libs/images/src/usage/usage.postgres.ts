import type { Pool } from 'pg';
import type { InlineProjection, SqlWrite } from '#event-store';
import type { ImageState } from '../image/image.state.js';
import { IMAGE_STREAMS } from '../read-model/image-list.projection.js';
import { usageChanges, type UsageChange } from './usage.projection.js';
import { eachMeasure, MEASURES, type Answer, type Asked, type OwnerUsage, type Usage } from './usage.js';

type Row<T> = { readonly [K in keyof T]: string | null };

const STATEMENTS = {
  of: `SELECT ${MEASURES.map((what) => `coalesce(sum(${what}), 0) AS ${what}`).join(', ')} FROM afterimage.usage WHERE owner = $1`,
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
    return eachMeasure((what) => BigInt(row?.[what] ?? 0));
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

const TYPES: Readonly<Record<keyof OwnerUsage, string>> = { bytes: 'numeric', live: 'numeric', staged: 'numeric', images: 'bigint', uploading: 'bigint' };
const COLUMNS = ['text', 'smallint', ...MEASURES.map((what) => TYPES[what])];
const parameters = (row: number): string => COLUMNS.map((type, i) => `$${row * COLUMNS.length + i + 1}::${type}`).join(', ');

/** Rows are locked in the order of their owners, so that two images given both ways do not wait for each other. */
const book = (owners: number): string => `INSERT INTO afterimage.usage AS u (owner, slot, ${MEASURES.join(', ')})
  VALUES ${Array.from({ length: owners }, (_, row) => `(${parameters(row)})`).join(', ')}
  ON CONFLICT (owner, slot) DO UPDATE SET ${MEASURES.map((what) => `${what} = u.${what} + excluded.${what}`).join(', ')}`;
const SETTLE = 'DELETE FROM afterimage.usage_reservation WHERE holder = ANY ($1::text[])';
const BOOK = [book(0), book(1), book(2)];
const BOOK_MANY = `INSERT INTO afterimage.usage AS u (owner, slot, ${MEASURES.join(', ')})
  SELECT owner, slot, ${MEASURES.map((what) => `sum(${what})`).join(', ')}
  FROM json_to_recordset($1::json) AS one(owner text, slot smallint, ${MEASURES.map((what) => `${what} numeric`).join(', ')}) GROUP BY owner, slot ORDER BY owner, slot
  ON CONFLICT (owner, slot) DO UPDATE SET ${MEASURES.map((what) => `${what} = u.${what} + excluded.${what}`).join(', ')}`;

/** Sums can be made in any order; an image that goes from one owner to another is booked alone. */
function inMany([one, other]: readonly UsageChange[], stream: string): Pick<SqlWrite, 'key' | 'many'> {
  if (!one) return {};
  if (other) return { key: 'usage of two' };
  const { owner, ...amounts } = one;
  const row = { owner, slot: slotOf(stream), ...Object.fromEntries(MEASURES.map((what) => [what, String(amounts[what])])) };
  return { key: `usage of ${owner}`, many: { text: BOOK_MANY, row, sums: true } };
}

const slotOf = (stream: string): number => Number.parseInt(stream.slice(-1), 16);

export const postgresUsageProjection: InlineProjection<ImageState, SqlWrite> = {
  name: 'usage',
  streamPrefix: IMAGE_STREAMS,
  write(change) {
    const changes = usageChanges(change);
    const values = changes.flatMap((one) => [one.owner, slotOf(change.stream), ...MEASURES.map((what) => one[what])]);
    const booked = changes.length === 0 ? [] : [{ text: BOOK[changes.length] ?? '', values, ...inMany(changes, change.stream) }];
    return change.settles === undefined ? booked : [...booked, { text: SETTLE, values: [change.settles], key: 'settled' }];
  },
};
