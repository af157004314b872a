import { BadJobId, ProcessorsAmiss } from './jobs.errors.js';
import { JOB_NAMES, type JobName, type JobPayloads } from './queues.js';

/** Work for later. `id` says which work it is: `jobId()` makes it. */
export type Job = { [N in JobName]: { readonly name: N; readonly id: string; readonly data: JobPayloads[N] } }[JobName];

/**
 * Does one kind of job. It may be called again for work that is done or half done, also by two processes at once, and
 * must end quietly then. It should give up soon after the signal has aborted; a job that rejects is tried again.
 */
export interface Processor<N extends JobName = JobName> {
  readonly name: N;
  process(data: JobPayloads[N], signal: AbortSignal): Promise<void>;
}

export interface AddOptions {
  /** Whether a job of this id that failed for good starts anew (the default) or stays as it is. */
  readonly failedToo?: boolean;
}

export interface FailedJob {
  readonly name: string;
  readonly id: string;
  readonly data: unknown;
  /** Message of the last error. */
  readonly reason: string;
  readonly attempts: number;
}

/** How often and when a job is tried again: after 1, 2, 4 … times `firstDelayMs`, never more than `maxDelayMs`. */
export interface RetryPolicy {
  readonly attempts: number;
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
}

/** About a day: long enough for a store to come back. What fails after that is tried again at the next start. */
export const RETRIES: RetryPolicy = { attempts: 150, firstDelayMs: 1_000, maxDelayMs: 600_000 };

/** Failed jobs that are kept in each queue, to be looked at. */
export const FAILED_JOBS_KEPT = 1_000;

/**
 * Runs jobs later, in some process that runs this port over the same place.
 *
 * - `add` resolves when the job is kept: durably, unless the runner says at its head that it forgets at exit. A job
 *   whose id waits, runs or is to be tried again is ignored; one that failed for good starts anew, unless `failedToo` is false. A job that ended
 *   well is forgotten, so its id may come again. An id that is none is refused with `BadJobId`.
 * - A job runs at least once, in no order, its processor's rejections retried by the policy. The job of a process that
 *   was killed runs again elsewhere once its lock has expired.
 * - `start` refuses, with `ProcessorsAmiss`, a job name that has no processor or two. Called once. Jobs may be added
 *   before.
 * - A job that failed for good is logged and kept, the newest `FAILED_JOBS_KEPT` of each queue; `failed` answers them,
 *   newest first.
 * - `stop` takes no further job, waits for those that run, and after `graceMs` aborts them: they run again later. It
 *   resolves soon after that, whatever a processor does. Nothing may be added afterwards; stopping again is harmless.
 *
 * Deliberately left out: results, progress, priorities, delays, schedules, dependencies between jobs, one job at a time
 * for a key. What a job has achieved is an event; what must happen next, a reactor.
 */
export interface JobRunner {
  add(job: Job, options?: AddOptions): Promise<void>;
  start(processors: readonly Processor[]): Promise<void>;
  failed(limit: number): Promise<readonly FailedJob[]>;
  stop(graceMs: number): Promise<void>;
}

/** `<event id>.<reactor>[.<target>]`: one job for each reaction to an event, however often it is added. */
export const jobId = (eventId: string, reactor: string, target?: string): string =>
  checkedJobId([eventId, reactor, ...(target === undefined ? [] : [target])].join('.'));

export function checkedJobId(id: string): string {
  if (!/^[A-Za-z0-9._-]{1,200}$/.test(id) || /^\d+$/.test(id)) throw new BadJobId(id);
  return id;
}

export function byName(processors: readonly Processor[]): ReadonlyMap<string, Processor> {
  for (const job of JOB_NAMES) {
    const count = processors.filter(({ name }) => name === job).length;
    if (count !== 1) throw new ProcessorsAmiss(job, count);
  }
  return new Map(processors.map((processor) => [processor.name, processor]));
}

/** With a jitter of up to a quarter, so that what failed together does not come back together. */
export function retryDelay({ firstDelayMs, maxDelayMs }: RetryPolicy, attemptsMade: number): number {
  return Math.round(Math.min(firstDelayMs * 2 ** (attemptsMade - 1), maxDelayMs) * (0.75 + Math.random() / 4));
}

/** Resolves with the promise, or after `ms`; true where the promise was faster. Never rejects. */
export async function settled(promise: Promise<unknown>, ms: number): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), ms);
  const inTime = promise.then(() => true, () => true);
  return Promise.race([inTime, late]).finally(() => clearTimeout(timer));
}

export const JOB_RUNNER = Symbol('JobRunner');
export const PROCESSOR_LIST = Symbol('ProcessorList');
