import type { LoggedEvent, StoredEvent } from '../../event.js';
import type { ReadLog } from '../../event-store.js';

export interface EventRow {
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly v: number;
  readonly body: string;
  readonly data: string | null;
  readonly salt: Buffer;
  readonly chain: Buffer;
  readonly recorded_at: Date;
}

export interface LogRow extends EventRow {
  /** Last position of the log when it was read. */
  readonly last: string;
  /** Null: no event matched. */
  readonly position: string | null;
  readonly head: Buffer;
}

const COLUMNS = 'e.stream, e.revision, e.id, e.type, e.v, e.body, e.data, e.salt, e.chain, e.recorded_at';

export const READ_STREAM = {
  forward: {
    name: 'read-stream-forward',
    text: `SELECT ${COLUMNS} FROM afterimage.event e WHERE stream = $1 AND revision >= coalesce($2, 0) ORDER BY revision LIMIT $3`,
  },
  backward: {
    name: 'read-stream-backward',
    text: `SELECT ${COLUMNS} FROM afterimage.event e WHERE stream = $1 AND revision <= coalesce($2, 2147483647) ORDER BY revision DESC LIMIT $3`,
  },
};

export const POSITION_OF = {
  name: 'position-of',
  text: 'SELECT position FROM afterimage.log WHERE seq = (SELECT seq FROM afterimage.event WHERE stream = $1 AND revision = $2)',
};

/** The lateral limit keeps the planner from merging with the whole event table, which it would read from the start. */
const logWindow = (bounds: string, order: string): string => `
SELECT h.last, r.* FROM (SELECT coalesce(max(position), 0) AS last FROM afterimage.log) h
LEFT JOIN LATERAL (
  SELECT l.position, l.head, ${COLUMNS} FROM afterimage.log l
  CROSS JOIN LATERAL (SELECT * FROM afterimage.event WHERE seq = l.seq LIMIT 1) e
  WHERE ${bounds} AND ($4::text[] IS NULL OR e.type = ANY ($4)) AND ($5::text[] IS NULL OR e.stream ^@ ANY ($5))
  ORDER BY l.position ${order} LIMIT $3
) r ON true`;

/** $1 exclusive start, $2 inclusive end of the window. */
export const READ_LOG: Record<NonNullable<ReadLog['direction']>, { name: string; text: string }> = {
  forward: { name: 'read-log-forward', text: logWindow('l.position > $1 AND l.position <= $2', 'ASC') },
  backward: { name: 'read-log-backward', text: logWindow('l.position < $1 AND l.position >= $2', 'DESC') },
};

export const storedEvent = ({ recorded_at: recordedAt, stream, revision, id, type, v, body, data, salt, chain }: EventRow): StoredEvent =>
  ({ stream, revision, id, type, v, body, data, salt, chain, recordedAt });

export const loggedEvents = (rows: readonly LogRow[]): LoggedEvent[] =>
  rows.flatMap((row) => (row.position === null ? [] : [{ ...storedEvent(row), position: BigInt(row.position), head: row.head }]));
