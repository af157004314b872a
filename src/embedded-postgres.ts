import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { DATABASE_USER, ensureCluster } from './embedded-postgres/cluster.js';
import { layOut, PORT, type Layout } from './embedded-postgres/layout.js';
import { ServerProcess } from './embedded-postgres/server-process.js';
import { clearStaleServer } from './embedded-postgres/stale-server.js';
import { runningServer } from './embedded-postgres/running-server.js';
import { lockStateDirectory, StateDirectoryInUse } from './embedded-postgres/state-lock.js';

export { lockStateDirectory, StateDirectoryInUse } from './embedded-postgres/state-lock.js';

export interface EmbeddedPostgresOptions {
  readonly stateDir: string;
  readonly maxConnections: number;
  /** Told what takes a while: creating the cluster, ending a server that was left behind. */
  readonly tell?: (text: string) => void;
}

export interface EmbeddedPostgres {
  /** Of the database `afterimage`; holds the password. */
  readonly url: string;
  /** Resolves when the server has ended, wanted or not. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
  /** Ends it without waiting, for a process that is about to exit. */
  kill(): void;
}

const DATABASE = 'afterimage';
const JOIN_PATIENCE_MS = 60_000;
const START_DELAYS_MS = [100, 400, 1600];

function urlOf(layout: Pick<Layout, 'sockets'>, password: string, database: string): string {
  const query = new URLSearchParams({ host: layout.sockets, port: String(PORT) });
  return `postgresql://${DATABASE_USER}:${password}@localhost/${database}?${query.toString()}`;
}

/** A server that was killed may hold its shared memory for a moment longer. */
async function startWithBackoff(layout: Layout, maxConnections: number): Promise<ServerProcess> {
  for (const delay of START_DELAYS_MS) {
    try {
      return await ServerProcess.start(layout, maxConnections);
    } catch {
      await sleep(delay);
    }
  }
  return ServerProcess.start(layout, maxConnections);
}

async function ensureDatabase(layout: Layout, password: string): Promise<void> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: urlOf(layout, password, 'postgres') });
  await client.connect();
  try {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await client.end();
  }
}

async function run(layout: Layout, { maxConnections, tell = () => undefined }: EmbeddedPostgresOptions): Promise<Pick<EmbeddedPostgres, 'url'> & { server: ServerProcess }> {
  if ((await clearStaleServer(layout.data)) === 'stopped') tell('stopped a PostgreSQL that an earlier run left behind');
  const { password, created } = await ensureCluster(layout);
  if (created) tell(`created a PostgreSQL database in ${layout.data}`);
  const server = await startWithBackoff(layout, maxConnections);
  try {
    await ensureDatabase(layout, password);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { url: urlOf(layout, password, DATABASE), server };
}

/**
 * Starts the PostgreSQL of a state directory, creating it the first time. Only one process can have it: another fails
 * with `StateDirectoryInUse`. It ends with us, even when we are killed (on Linux).
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const layout = layOut(options.stateDir);
  const cleanUp = [() => layout.sockets.startsWith(layout.home) || rmSync(layout.sockets, { recursive: true, force: true })];
  try {
    cleanUp.push(lockStateDirectory(options.stateDir));
    const { url, server } = await run(layout, options);
    const release = () => cleanUp.splice(0).forEach((each) => each());
    return { url, ended: server.ended, stop: () => server.stop().then(release), kill: () => server.kill() };
  } catch (error) {
    cleanUp.forEach((each) => each());
    throw error;
  }
}

/**
 * Uses the PostgreSQL that another process has started in a state directory, or starts it. The other one may end at any time: a
 * server that is joined goes with it, and `stop` and `kill` do nothing to it.
 */
export async function joinEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  for (const until = Date.now() + JOIN_PATIENCE_MS; ; await sleep(200)) {
    const running = runningServer(options.stateDir);
    const url = running && urlOf(running, running.password, DATABASE);
    if (url !== undefined && (await takesConnections(url))) return { url, ended: new Promise(() => undefined), stop: async () => undefined, kill: () => undefined };
    try {
      return await startEmbeddedPostgres(options);
    } catch (error) {
      if (!(error instanceof StateDirectoryInUse) || Date.now() > until) throw error;
    }
  }
}

async function takesConnections(url: string): Promise<boolean> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
