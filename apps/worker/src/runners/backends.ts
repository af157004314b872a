import { createPostgresBackend, createRedisBackend, DEFAULT_SCHEMA, runMigrations, type BackendFactory, type ConnectionOptions, type IQueueBackend, type PostgresConnectionOptions, type PostgresQueueBackend, type RedisQueueBackend } from 'bullmq';
import { Redis, type RedisOptions } from 'ioredis';
import pg from 'pg';
import { JobsUnavailable } from '../jobs.errors.js';
import { SHARED_QUEUES } from '../queues.js';

/** Where BullMQ keeps its queues. */
export interface Backend<B extends IQueueBackend, C> {
  readonly factory: BackendFactory<B, C>;
  /** Begins every key in Redis. */
  readonly prefix: string;
  /** For adding: rejects where the place cannot be reached. */
  readonly producing: C;
  /** For working: waits until the place is back. */
  readonly consuming: C;
  close(): Promise<void>;
}

/** BullMQ takes a listening connection of each worker out of the pool and hangs when nothing is left for the work. */
const CONNECTIONS_FOR_WORK = 8;
const PREFIX = 'afterimage';
const CONNECT_TIMEOUT_MS = 10_000;

/** One pool for all queues; tables in BullMQ's own schema, brought up to date here. */
export async function postgresBackend(connectionString: string, nodes: number): Promise<Backend<PostgresQueueBackend, PostgresConnectionOptions>> {
  const pool = new pg.Pool({
    connectionString,
    max: SHARED_QUEUES.length + nodes + CONNECTIONS_FOR_WORK,
    options: `-c search_path=${DEFAULT_SCHEMA}`,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    application_name: 'afterimage jobs',
  });
  // Workers report what happens to their connections; without any listener a broken idle one would end the process.
  pool.on('error', () => undefined);
  pool.setMaxListeners(0);
  try {
    const client = await pool.connect();
    await runMigrations(client).finally(() => client.release());
  } catch (error) {
    await pool.end();
    throw new JobsUnavailable('PostgreSQL', error);
  }
  return { factory: createPostgresBackend, prefix: PREFIX, producing: pool, consuming: pool, close: () => pool.end() };
}

/** Two connections and a blocking one for each queue; keys begin with the prefix that the runner gives. */
export async function redisBackend(url: string): Promise<Backend<RedisQueueBackend, ConnectionOptions>> {
  const connect = (options: RedisOptions) => new Redis(url, { lazyConnect: true, connectTimeout: CONNECT_TIMEOUT_MS, connectionName: 'afterimage', ...options });
  const producing = connect({ maxRetriesPerRequest: 1, enableOfflineQueue: false });
  const consuming = connect({ maxRetriesPerRequest: null });
  const close = async () => {
    producing.disconnect();
    consuming.disconnect();
  };
  // Every queue and worker reports what happens to its connection, so these would come twice.
  for (const connection of [producing, consuming]) connection.on('error', () => undefined).setMaxListeners(0);
  try {
    await Promise.all([firstConnection(producing), firstConnection(consuming)]);
  } catch (error) {
    await close();
    throw new JobsUnavailable(`Redis at ${producing.options.host}:${producing.options.port}`, error);
  }
  return { factory: createRedisBackend, prefix: PREFIX, producing, consuming, close };
}

/** `connect` says only that the connection is closed; the event says why. */
async function firstConnection(connection: Redis): Promise<void> {
  const { promise: broken, reject } = Promise.withResolvers<never>();
  connection.once('error', reject);
  await Promise.race([connection.connect(), broken]).finally(() => connection.off('error', reject));
}
