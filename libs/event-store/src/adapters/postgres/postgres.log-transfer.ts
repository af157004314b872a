import type { Client, Pool, PoolClient } from 'pg';
import { EMPTY_LOG, type LogEnd } from '../../backup/log-file.js';
import type { LogTarget, LogTransfer } from '../../backup/log-transfer.js';
import type { NumberedEvent } from '../../backup/numbered-event.js';
import { LogInUse } from '../../backup/backup.errors.js';
import { GENESIS } from '../../envelope.js';
import { SEQUENCER_LOCK } from './sequencer.js';

const POLL_MS = 20;
/** A server that has just ended may still have its connection. */
const PATIENCE_MS = 3_000;

/** Events that are not in the log yet are moved there by whichever process has the sequencer. */
export function createPostgresLogTransfer({ pool }: { readonly pool: Pool }): LogTransfer {
  return { settled: () => settled(pool), open: () => openTarget(pool) };
}

async function settled(pool: Pool): Promise<void> {
  const { rows: [newest] } = await pool.query<{ seq: string | null }>('SELECT max(seq) AS seq FROM afterimage.event_pending');
  if (!newest || newest.seq === null) return;
  const left = { name: 'pending-left', text: 'SELECT FROM afterimage.event_pending WHERE seq <= $1 LIMIT 1', values: [newest.seq] };
  while ((await pool.query(left)).rowCount !== 0) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
}

async function openTarget(pool: Pool): Promise<LogTarget> {
  const client = await pool.connect();
  try {
    for (const until = Date.now() + PATIENCE_MS; !(await locked(client)); await new Promise((resolve) => setTimeout(resolve, POLL_MS))) {
      if (Date.now() > until) throw new LogInUse('this database');
    }
    while (((await client.query<{ moved: number }>('SELECT afterimage.move_to_log(1000) AS moved')).rows[0]?.moved ?? 0) > 0) continue;
    return new PostgresLogTarget(client, await endOf(client));
  } catch (error) {
    client.release(true);
    throw error;
  }
}

async function locked(client: PoolClient): Promise<boolean> {
  const { rows: [lock] } = await client.query<{ locked: boolean }>(`SELECT pg_try_advisory_lock(${SEQUENCER_LOCK}) AS locked`);
  return lock?.locked === true;
}

async function endOf(client: Pick<Client, 'query'>): Promise<LogEnd> {
  const { rows: [last] } = await client.query<{ position: string; head: Buffer }>('SELECT position, head FROM afterimage.log ORDER BY position DESC LIMIT 1');
  return last ? { position: BigInt(last.position), head: last.head } : EMPTY_LOG;
}

/** The log's place is given here and not by the sequencer, so that it is the place that the event had. */
const TAKE = {
  name: 'log-take',
  text: `
WITH e AS (
  SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::text[], $4::int[], $5::uuid[], $6::text[], $7::smallint[], $8::text[], $9::text[], $10::bytea[], $11::bytea[], $12::timestamptz[])
    AS e(position, head, stream, revision, id, type, v, body, data, salt, chain, recorded_at)
),
taken AS (
  INSERT INTO afterimage.event (stream, revision, id, type, v, body, data, salt, chain, recorded_at)
  SELECT stream, revision, id, type, v, body, data, salt, chain, recorded_at FROM e ORDER BY position
  RETURNING id, seq
)
INSERT INTO afterimage.log (position, seq, head) SELECT e.position, taken.seq, e.head FROM taken JOIN e USING (id) ORDER BY e.position`,
};

/** One connection, which holds the sequencer's lock: nothing is written once another has it. */
class PostgresLogTarget implements LogTarget {
  constructor(private readonly client: PoolClient, public end: LogEnd) {}

  async headAt(position: bigint): Promise<Buffer> {
    if (position === 0n) return GENESIS;
    const { rows: [at] } = await this.client.query<{ head: Buffer }>('SELECT head FROM afterimage.log WHERE position = $1', [position]);
    if (!at) throw new TypeError(`the log has no position ${position}`);
    return at.head;
  }

  async chainAt(stream: string, revision: number): Promise<Buffer | undefined> {
    const { rows: [event] } = await this.client.query<{ chain: Buffer }>({
      name: 'log-chain-at', text: 'SELECT chain FROM afterimage.event WHERE stream = $1 AND revision = $2', values: [stream, revision],
    });
    return event?.chain;
  }

  async take(events: readonly NumberedEvent[]): Promise<void> {
    const last = events.at(-1);
    if (!last || events[0]?.position !== this.end.position + 1n) throw new TypeError('events are taken in the order of the log');
    const values = [
      events.map(({ position }) => position), events.map(({ head }) => head), events.map(({ stream }) => stream), events.map(({ revision }) => revision),
      events.map(({ id }) => id), events.map(({ type }) => type), events.map(({ v }) => v), events.map(({ body }) => body), events.map(({ data }) => data),
      events.map(({ salt }) => salt), events.map(({ chain }) => chain), events.map(({ recordedAt }) => recordedAt),
    ];
    await this.client.query({ ...TAKE, values });
    this.end = { position: last.position, head: last.head };
  }

  /** The connection ends, and with it the lock. */
  async close(): Promise<void> {
    await this.client.query(`SELECT pg_advisory_unlock(${SEQUENCER_LOCK})`).catch(() => undefined);
    this.client.release(true);
  }
}
