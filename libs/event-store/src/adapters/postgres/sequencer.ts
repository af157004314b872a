import type { Client, Pool } from 'pg';
import { StandingConnection } from './standing-connection.js';
import { Wake } from '../../wake.js';

export const LOG_CHANNEL = 'afterimage_log';
const PENDING_CHANNEL = 'afterimage_pending';

/** "afterimag" as a number; one holder for a database. */
export const SEQUENCER_LOCK = 0x61667465726d6167n;
const BATCH = 1_000;
const POLL_MS = 500;
const STANDBY_MS = 1_000;
/** Waits for more before it moves some: every batch costs a commit. */
const GATHER_MS = 20;
const NOTIFY_MS = 50;

const MOVE = { name: 'sequencer-move', text: `SELECT afterimage.move_to_log(${BATCH}) AS moved` };

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
    const { rows } = await client.query<{ locked: boolean }>(`SELECT pg_try_advisory_lock(${SEQUENCER_LOCK}) AS locked`);
    return rows[0]?.locked === true;
  }

  private async lead(client: Client, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const { rows } = await client.query<{ moved: number }>(MOVE);
      if (rows[0]?.moved === BATCH) continue;
      await this.pending.after(POLL_MS, signal);
      await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
    }
  }
}
