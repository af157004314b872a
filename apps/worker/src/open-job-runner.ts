import type { JobRunner, RetryPolicy } from './job-runner.js';
import { postgresBackend, redisBackend } from './runners/backends.js';
import { BullmqRunner, type BullmqOptions } from './runners/bullmq.runner.js';
import { InProcessRunner } from './runners/in-process.runner.js';

export interface JobsOptions {
  readonly kind: 'postgres' | 'redis' | 'in-process';
  /** Of PostgreSQL or Redis; `in-process` has none. */
  readonly url?: string;
  readonly retries?: RetryPolicy;
}

/** Fails with `JobsUnavailable` where the place of the jobs cannot be used. */
export async function openJobRunner({ kind, url = '', retries }: JobsOptions, lockMs?: number): Promise<JobRunner> {
  if (kind === 'in-process') return new InProcessRunner(retries);
  const options: BullmqOptions = { retries, lockMs };
  return kind === 'redis' ? new BullmqRunner(await redisBackend(url), options) : new BullmqRunner(await postgresBackend(url), options);
}
