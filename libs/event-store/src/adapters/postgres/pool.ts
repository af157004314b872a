import { Logger } from '@nestjs/common';
import { types } from 'node:util';
import pg from 'pg';
import { DatabaseUnavailable } from '../../event-store.errors.js';

/** More connections than this gain nothing on an append. */
const CONNECTIONS = 16;

/** A pool that outlives a restart of the database: a connection that breaks is replaced at the next use. */
export function createPool(options: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool({ max: CONNECTIONS, application_name: 'afterimage', ...options });
  const query = pool.query.bind(pool) as (...args: unknown[]) => Promise<unknown>;
  pool.query = ((...args: unknown[]) => query(...args).catch((error: unknown) => Promise.reject(asUnavailable(error)))) as typeof pool.query;
  const logger = new Logger('PostgreSQL');
  pool.on('error', (error) => {
    // A server that is ended right after the pool may be faster than the goodbye of its connections.
    if (!pool.ending) logger.warn(`an idle connection broke: ${error.message}`);
  });
  return pool;
}

/** A connection of its own with the pool's settings, beside the pool: for locks and notifications. */
export function connectionLike(pool: pg.Pool): pg.Client {
  const { options } = pool;
  // The pool hides its password from enumeration.
  return new pg.Client({ ...options, password: options.password, keepAlive: true });
}

/** Failures of the way to the server, and SQLSTATEs of one that goes down, starts or has no room (PostgreSQL, appendix A). */
const UNREACHABLE = /^(?:ECONNREFUSED|ECONNRESET|ENOENT|EPIPE|ETIMEDOUT|EAI_AGAIN|08...|57P0[123]|53300)$/;

function asUnavailable(error: unknown): unknown {
  // Errors of sockets may be of another realm.
  if (!types.isNativeError(error)) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return UNREACHABLE.test(code) || error.message.startsWith('Connection terminated') ? new DatabaseUnavailable(error) : error;
}
