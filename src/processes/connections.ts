const OF_WORKER = 16;
const LEAST_OF_WORKER = 2;
/** A pool of 8, the sequencer and a listener, and what the queues take. */
const OF_BACKGROUND = 8 + 2 + 16;
const IN_RESERVE = 10;
/** Of one process that does all. */
const LEAST = 100;

/** While processes are replaced, one by one, there is one more of each kind. */
const besideWorkers = 2 * OF_BACKGROUND;

/** `max_connections` of a PostgreSQL that so many HTTP workers have for themselves. */
export const connectionsWanted = (workers: number): number => Math.max(LEAST, (workers + 1) * OF_WORKER + besideWorkers + IN_RESERVE);

/** What one HTTP worker may take of a server with so many connections. */
export const connectionsOfWorker = (available: number, workers: number): number =>
  Math.max(LEAST_OF_WORKER, Math.min(OF_WORKER, Math.floor((available - besideWorkers) / (workers + 1))));

/** Connections that a server has for users like us; rejects where it cannot be asked. */
export async function connectionsAvailable(url: string): Promise<number> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ available: number }>(`SELECT current_setting('max_connections')::int
      - current_setting('superuser_reserved_connections')::int - coalesce(current_setting('reserved_connections', true)::int, 0) AS available`);
    return rows[0]?.available ?? LEAST;
  } finally {
    await client.end();
  }
}
