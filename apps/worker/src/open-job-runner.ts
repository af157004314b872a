import type { JobWatch } from './job-watch.js';
import type { JobRunner, RetryPolicy } from './job-runner.js';
import type { Concurrency } from './queues.js';
import { BullmqRunner } from './runners/bullmq.runner.js';
import { InProcessRunner } from './runners/in-process.runner.js';
import { postgresBackend } from './runners/postgres.backend.js';
import { redisBackend } from './runners/redis.backend.js';

/** What the runners have in common. */
export interface RunnerOptions {
  readonly retries?: RetryPolicy;
  /** Names of the nodes whose own jobs run in this process. */
  readonly nodes?: readonly string[];
  readonly concurrency?: Concurrency;
  readonly watch?: JobWatch;
  /** A job whose process has not renewed its lock for so long belongs to nobody any more. */
  readonly lockMs?: number;
}

export interface JobsOptions extends RunnerOptions {
  readonly kind: 'postgres' | 'redis' | 'in-process';
  /** Of PostgreSQL or Redis; `in-process` has none. */
  readonly url?: string;
  /** Of PostgreSQL: whether missing tables are made; else they must be there. True where nothing is said. */
  readonly createsTables?: boolean;
}

/** Fails with `JobsUnavailable` where the place of the jobs cannot be used. */
export async function openJobRunner({ kind, url = '', createsTables = true, ...options }: JobsOptions): Promise<JobRunner> {
  if (kind === 'in-process') return new InProcessRunner(options);
  return kind === 'redis' ? new BullmqRunner(await redisBackend(url), options) : new BullmqRunner(await postgresBackend(url, options.nodes?.length ?? 0, createsTables), options);
}
