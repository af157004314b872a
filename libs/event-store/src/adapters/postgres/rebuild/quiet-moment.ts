import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseError, type Pool, type PoolClient } from 'pg';

/** Requests that wait behind are kept no longer. */
const LOCK_MS = 400;
/** How long appends may be kept waiting. */
const QUIET_MS = 2_000;
const PAUSE_MS = 250;

export interface QuietMoment {
  readonly pool: Pool;
  /** Of the checkpoint with which the read models follow the log; absent: they are written with each append. */
  readonly following?: string;
  /** Brings the copy to where the live read models stand; nothing is added to them meanwhile. */
  catchUp(until: AbortSignal): Promise<void>;
  readonly signal?: AbortSignal;
}

/** Does something while no read model is written and the copy is as far as they are; tried again until there is such a moment. */
export async function inQuietMoment<T>(moment: QuietMoment, work: (client: PoolClient) => Promise<T>): Promise<T> {
  for (;;) {
    moment.signal?.throwIfAborted();
    const client = await moment.pool.connect();
    try {
      await client.query(`BEGIN; SET LOCAL lock_timeout = ${LOCK_MS}; SET LOCAL idle_in_transaction_session_timeout = '20s'`);
      await hush(client, moment.following);
      await moment.catchUp(AbortSignal.timeout(QUIET_MS));
      const done = await work(client);
      await client.query('COMMIT');
      client.release();
      return done;
    } catch (error) {
      client.release(true);
      if (!isBusy(error)) throw error;
    }
    await sleep(PAUSE_MS, undefined, { signal: moment.signal });
  }
}

/** An append locks the events before any read model, so none that waits here holds what is locked after this. */
async function hush(client: PoolClient, following: string | undefined): Promise<void> {
  if (following === undefined) await client.query('LOCK TABLE afterimage.event IN SHARE MODE');
  else {
    await client.query('INSERT INTO afterimage.follower (name, position) VALUES ($1, 0) ON CONFLICT DO NOTHING', [following]);
    await client.query('SELECT FROM afterimage.follower WHERE name = $1 FOR UPDATE', [following]);
  }
}

const isBusy = (error: unknown): boolean =>
  (error instanceof DatabaseError && ['55P03', '57014', '40P01'].includes(error.code ?? '')) || (error instanceof Error && error.name === 'TimeoutError');
