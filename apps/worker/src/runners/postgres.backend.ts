import { assertSchemaCompatibility, createPostgresBackend, DEFAULT_SCHEMA, runMigrations, SchemaMigrationRequiredError, type PostgresConnectionOptions, type PostgresQueueBackend } from 'bullmq';
import pg from 'pg';
import { JobsUnavailable } from '../jobs.errors.js';
import { SHARED_QUEUES } from '../queues.js';
import type { Backend } from './backend.js';

/** BullMQ takes a listening connection of each worker out of the pool and hangs when nothing is left for the work. */
const CONNECTIONS_FOR_WORK = 8;
const TABLES_MISSING = "the tables of the queues are not there, and nothing was created: run 'afterimage db sync' with the same configuration, or set [DEFAULT] db_auto_create = True";
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
    throw new JobsUnavailable('PostgreSQL', error instanceof SchemaMigrationRequiredError ? new Error(TABLES_MISSING, { cause: error }) : error);
  }
  return { factory: createPostgresBackend, prefix: 'afterimage', producing: pool, consuming: pool, close: () => pool.end() };
}
