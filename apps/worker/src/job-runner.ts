import { BadJobId, BadNodeName, ProcessorsAmiss } from './jobs.errors.js';
import { JOB_NAMES, type JobName, type JobPayloads, type QueueName } from './queues.js';

/** Work for later. `id` says which work it is: `jobId()` makes it. */
export type Job = { [N in JobName]: { readonly name: N; readonly id: string; readonly data: JobPayloads[N]; readonly node?: string } }[JobName];

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

/** Work that comes back: `name` says which, over all processes. */
export type Schedule = { [N in JobName]: { readonly name: string; readonly everyMs: number; readonly job: N; readonly data: JobPayloads[N]; readonly node?: string } }[JobName];

/** `later`: it is tried again, or its time has not come. */
export const JOB_STATES = ['waiting', 'running', 'later', 'failed'] as const;
export type JobState = (typeof JOB_STATES)[number];

export interface KeptJob {
  readonly queue: QueueName;
  readonly name: string;
  readonly id: string;
  readonly data: unknown;
  readonly state: JobState;
  /** Runs that have ended. */
  readonly attempts: number;
  readonly addedAt: Date;
  /** Message of the last error. */
  readonly reason?: string;
}

export type QueueCounts = { readonly queue: QueueName } & Readonly<Record<JobState, number>>;

export interface FailedJob {
  readonly name: string;
  readonly id: string;
  readonly data: unknown;
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
 *   whose id waits, runs or is to be tried again is ignored; one that failed for good starts anew, unless `failedToo` is
 *   false. A job that ended well is forgotten, so its id may come again. An id that is none is refused with `BadJobId`, the
 *   name of a node with `BadNodeName`.
 * - A job runs at least once, in no order, its processor's rejections retried by the policy. The job of a process that
 *   was killed runs again elsewhere once its lock has expired. A job may run for hours: its lock is renewed.
 * - A job with a `node` runs only in a process whose runner was opened for that node, and waits until there is one.
 * - `start` refuses, with `ProcessorsAmiss`, a job name that has no processor or two. Called once. Jobs may be added
 *   before.
 * - `repeat` says all schedules of the shared queues and of the own nodes: each has a run soon after it is new, and one
 *   every `everyMs`, however many processes say so; those that are not said any more end. A run may begin while the one
 *   before goes on. A run that fails is logged, neither retried nor kept: the next one is the next try.
 * - A job that failed for good is logged and kept, the newest `FAILED_JOBS_KEPT` of each queue; `failed` answers them,
 *   newest first.
 * - `counts`, `list` (in each state at most `limit` of each queue) and `retry` (of one that failed for good; false where
 *   there is none) see all queues, also those of nodes that are somewhere else.
 * - `onReturn` calls when the place of the jobs was away and is back: what it kept may be lost.
 * - `stop` takes no further job, waits for those that run, and after `graceMs` aborts them: they run again later. It
 *   resolves soon after that, whatever a processor does. Nothing may be added afterwards; stopping again is harmless.
 *
 * Deliberately left out: results, progress, priorities, delays, dependencies between jobs, one job at a time for a key.
 * What a job has achieved is an event; what must happen next, a reactor.
 */
export interface JobRunner {
  add(job: Job, options?: AddOptions): Promise<void>;
  start(processors: readonly Processor[]): Promise<void>;
  repeat(schedules: readonly Schedule[]): Promise<void>;
  counts(): Promise<readonly QueueCounts[]>;
  list(states: readonly JobState[], limit: number): Promise<readonly KeptJob[]>;
  failed(limit: number): Promise<readonly FailedJob[]>;
  retry(id: string): Promise<boolean>;
  onReturn(listener: () => void): void;
  stop(graceMs: number): Promise<void>;
}

/** `<event id>.<reactor>[.<target>]`: one job for each reaction to an event, however often it is added. */
export const jobId = (eventId: string, reactor: string, target?: string): string =>
  checkedJobId([eventId, reactor, ...(target === undefined ? [] : [target])].join('.'));

export function checkedJobId(id: string): string {
  if (!/^[A-Za-z0-9._-]{1,200}$/.test(id) || /^\d+$/.test(id)) throw new BadJobId(id);
  return id;
}

export function checkedNode(node: string): string {
  if (!/^[A-Za-z0-9._-]{1,100}$/.test(node)) throw new BadNodeName(node);
  return node;
}

export function checkedJob(job: Job): Job {
  checkedJobId(job.id);
  if (job.node !== undefined) checkedNode(job.node);
  return job;
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
