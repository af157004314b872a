import { assertSchemaCompatibility, createPostgresBackend, DEFAULT_SCHEMA, runMigrations, SchemaMigrationRequiredError, type PostgresConnectionOptions, type PostgresQueueBackend } from 'bullmq';
import pg from 'pg';
import { JobsUnavailable, JobTablesMissing } from '../jobs.errors.js';
import { SHARED_QUEUES } from '../queues.js';
import type { Backend } from './backend.js';

/** BullMQ takes a listening connection of each worker out of the pool and hangs when nothing is left for the work. */
const CONNECTIONS_FOR_WORK = 8;
const CONNECT_TIMEOUT_MS = 10_000;

/** One pool for all queues; tables in BullMQ's own schema, brought up to date here where it may be. */
export async function postgresBackend(connectionString: string, nodes: number, createsTables: boolean): Promise<Backend<PostgresQueueBackend, PostgresConnectionOptions>> {
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
    await (createsTables ? runMigrations(client) : assertSchemaCompatibility(client)).finally(() => client.release());
  } catch (error) {
    await pool.end();
    throw error instanceof SchemaMigrationRequiredError ? new JobTablesMissing() : new JobsUnavailable('PostgreSQL', error);
  }
  return { factory: createPostgresBackend, prefix: 'afterimage', producing: pool, consuming: pool, close: () => pool.end() };
}
