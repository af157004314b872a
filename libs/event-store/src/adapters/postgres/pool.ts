import { Logger } from '@nestjs/common';
import pg from 'pg';

/** More connections than this gain nothing on an append. */
const CONNECTIONS = 16;

/** A pool that outlives a restart of the database: a connection that breaks is replaced at the next use. */
export function createPool(options: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool({ max: CONNECTIONS, application_name: 'afterimage', ...options });
  const logger = new Logger('PostgreSQL');
  pool.on('error', (error) => logger.warn(`an idle connection broke: ${error.message}`));
  return pool;
}

/** A connection of its own with the pool's settings, beside the pool: for locks and notifications. */
export function connectionLike(pool: pg.Pool): pg.Client {
  const { options } = pool;
  // The pool hides its password from enumeration.
  return new pg.Client({ ...options, password: options.password, keepAlive: true });
}
