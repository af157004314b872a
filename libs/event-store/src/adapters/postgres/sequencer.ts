import type { Client, Pool } from 'pg';
import { GENESIS, link } from '../../envelope.js';
import { StandingConnection } from './standing-connection.js';
import { Wake } from '../../wake.js';

export const LOG_CHANNEL = 'afterimage_log';
const PENDING_CHANNEL = 'afterimage_pending';

/** "afterimag" as a number; one holder for a database. */
const LOCK = 0x61667465726d6167n;
const BATCH = 1_000;
const POLL_MS = 500;
const STANDBY_MS = 1_000;
/** Waits for more before it moves some: every batch costs a commit. */
const GATHER_MS = 20;
const NOTIFY_MS = 50;

const LAST = 'SELECT position, head FROM afterimage.log ORDER BY position DESC LIMIT 1';

/** The lateral limit keeps the planner from reading the whole event table. */
const PENDING = {
  name: 'sequencer-pending',
  text: `SELECT p.seq, e.chain FROM (SELECT seq FROM afterimage.event_pending ORDER BY seq LIMIT ${BATCH}) p
    CROSS JOIN LATERAL (SELECT chain FROM afterimage.event WHERE seq = p.seq LIMIT 1) e ORDER BY p.seq`,
};

const MOVE = {
  name: 'sequencer-move',
  text: `WITH moved AS (DELETE FROM afterimage.event_pending WHERE seq = ANY ($1::bigint[])),
    logged AS (
      INSERT INTO afterimage.log (position, seq, head)
      SELECT $2::bigint + u.n, u.seq, u.head FROM unnest($1::bigint[], $3::bytea[]) WITH ORDINALITY AS u(seq, head, n)
    ) SELECT pg_notify('${LOG_CHANNEL}', '')`,
};

interface Last {
  readonly position: bigint;
  readonly head: Buffer;
}

/**
 * Gives committed events their place in the log. One process in a database does it, the one whose connection holds the
 * advisory lock; all it writes goes over that very connection, so it cannot write any more once another holds the lock.
 */
export class Sequencer {
  private readonly connection: StandingConnection;
  private readonly pending = new Wake();
  private leading = false;
  private notifiedAt = 0;

  constructor(private readonly pool: Pool) {
    this.connection = new StandingConnection('the sequencer', pool, (client, signal) => this.serve(client, signal));
  }

  start(): void {
    this.connection.start();
  }

  close(): Promise<void> {
    return this.connection.close();
  }

  /** Says that something was appended, to whichever process has the lock. */
  nudge(): void {
    if (this.leading) return this.pending.now();
    if (Date.now() - this.notifiedAt < NOTIFY_MS) return;
    this.notifiedAt = Date.now();
    setTimeout(() => void this.pool.query(`NOTIFY ${PENDING_CHANNEL}`).catch(() => undefined), NOTIFY_MS).unref();
  }

  private async serve(client: Client, signal: AbortSignal): Promise<void> {
    client.on('notification', () => this.pending.now());
    await client.query(`LISTEN ${PENDING_CHANNEL}`);
    try {
      while (!signal.aborted && !(await this.locked(client))) await this.pending.after(STANDBY_MS, signal);
      if (signal.aborted) return;
      this.leading = true;
      await this.lead(client, signal);
    } finally {
      this.leading = false;
    }
  }

  private async locked(client: Client): Promise<boolean> {
    const { rows } = await client.query<{ locked: boolean }>(`SELECT pg_try_advisory_lock(${LOCK}) AS locked`);
    return rows[0]?.locked === true;
  }

  private async lead(client: Client, signal: AbortSignal): Promise<void> {
    const { rows } = await client.query<{ position: string; head: Buffer }>(LAST);
    let last: Last = rows[0] ? { position: BigInt(rows[0].position), head: rows[0].head } : { position: 0n, head: GENESIS };
    while (!signal.aborted) {
      const before = last.position;
      last = await this.move(client, last);
      if (last.position - before === BigInt(BATCH)) continue;
      await this.pending.after(POLL_MS, signal);
      await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
    }
  }

  private async move(client: Client, last: Last): Promise<Last> {
    const { rows } = await client.query<{ seq: string; chain: Buffer }>(PENDING);
    if (rows.length === 0) return last;
    const heads: Buffer[] = [];
    for (const { chain } of rows) heads.push(link(heads.at(-1) ?? last.head, chain));
    await client.query({ ...MOVE, values: [rows.map(({ seq }) => seq), last.position, heads] });
    return { position: last.position + BigInt(rows.length), head: heads.at(-1) ?? last.head };
  }
}
