import { Logger } from '@nestjs/common';
import { Worker, type IQueueBackend, type JobProgress } from 'bullmq';
import { step } from '#event-store';
import { byName, checkedJob, checkedNode, RETRIES, retryDelay, settled, type AddOptions, type FailedJob, type Job, type JobRunner, type JobState, type KeptJob, type Processor, type QueueCounts, type RetryPolicy, type Schedule } from '../job-runner.js';
import { asOf, processorOf, watched } from '../job-watch.js';
import type { RunnerOptions } from '../open-job-runner.js';
import { concurrencyOf, DEFAULT_CONCURRENCY, nodeQueue, queueOf, SHARED_QUEUES, type QueueName } from '../queues.js';
import type { Backend } from './backend.js';
import { countsOf, failedJob, jobsOf, newestFirst } from './bullmq-look.js';
import { BullmqQueues, type AnyJob, type Payload } from './bullmq-queues.js';
import { setSchedules } from './bullmq-schedules.js';

const LOCK_MS = 30_000;
const ABORTED_JOBS_END_WITHIN_MS = 1_000;
/** A job that brings its process down each time must end some day. */
const MOST_KILLS = 10;

type AnyWorker<B extends IQueueBackend, C> = Worker<Payload, void, string, B, JobProgress, C>;

/** Jobs in BullMQ, in PostgreSQL or in Redis: shared by all processes and kept over restarts. */
export class BullmqRunner<B extends IQueueBackend, C> implements JobRunner {
  readonly queues: BullmqQueues<B, C>;
  private readonly logger = new Logger('Jobs');
  private readonly retries: RetryPolicy;
  private readonly nodes: readonly string[];
  private workers: AnyWorker<B, C>[] = [];
  private stopping: Promise<void> | undefined;

  constructor(private readonly backend: Backend<B, C>, private readonly options: RunnerOptions = {}) {
    this.retries = options.retries ?? RETRIES;
    this.nodes = (options.nodes ?? []).map(checkedNode);
    this.queues = new BullmqQueues(backend, this.retries);
  }

  async add(job: Job, { failedToo = true }: AddOptions = {}): Promise<void> {
    const { name, id, data, node } = checkedJob(job);
    if (node !== undefined) await this.queues.announce(node);
    const queue = this.queues.get(queueOf(job));
    const kept = failedToo ? await queue.getJob(id) : undefined;
    if (kept && (await kept.isFailed())) await queue.remove(id);
    step(`job ${name} is added`);
    await queue.add(name, data, { jobId: id });
  }

  async start(processors: readonly Processor[]): Promise<void> {
    const known = byName(processors);
    for (const node of this.nodes) await this.queues.announce(node);
    for (const name of this.own()) await this.queues.get(name).waitUntilReady();
    this.workers = this.own().map((name) => this.openWorker(name, known));
    for (const worker of this.workers) await worker.waitUntilReady();
  }

  async repeat(schedules: readonly Schedule[]): Promise<void> {
    for (const name of this.own()) {
      await setSchedules(this.queues.get(name), schedules.filter(({ job, node }) => queueOf({ name: job, node }) === name));
    }
  }

  async counts(): Promise<readonly QueueCounts[]> {
    return Promise.all((await this.queues.all()).map(([name, queue]) => countsOf(name, queue)));
  }

  async list(states: readonly JobState[], limit: number): Promise<readonly KeptJob[]> {
    const queues = await this.queues.all();
    const found = await Promise.all(queues.flatMap(([name, queue]) => states.map((state) => jobsOf(name, queue, state, limit))));
    return found.flat();
  }

  async failed(limit: number): Promise<readonly FailedJob[]> {
    const found = await Promise.all((await this.queues.all()).map(([, queue]) => queue.getJobs(['failed'], 0, limit - 1)));
    return found.flat().sort(newestFirst).slice(0, limit).map(failedJob);
  }

  async retry(id: string): Promise<boolean> {
    for (const [, queue] of await this.queues.all()) {
      const job = await queue.getJob(id);
      if (!job || !(await job.isFailed())) continue;
      await queue.remove(id);
      await queue.add(job.name, job.data, { jobId: id });
      return true;
    }
    return false;
  }

  onReturn(listener: () => void): void {
    this.backend.onReturn?.(listener);
  }

  stop(graceMs: number): Promise<void> {
    this.stopping ??= this.end(graceMs);
    return this.stopping;
  }

  private async end(graceMs: number): Promise<void> {
    const closed = Promise.all(this.workers.map((worker) => worker.close())).then(() => this.disconnect());
    if (await settled(closed, graceMs)) return closed;
    for (const worker of this.workers) worker.cancelAllJobs('The process is stopping.');
    if (await settled(closed, ABORTED_JOBS_END_WITHIN_MS)) return closed;
    this.logger.warn('jobs are still running; another process takes them up when their locks have expired');
  }

  private async disconnect(): Promise<void> {
    await this.queues.close();
    await this.backend.close();
  }

  /** Queues whose jobs run here. */
  private own(): readonly QueueName[] {
    return [...SHARED_QUEUES, ...this.nodes.map(nodeQueue)];
  }

  private openWorker(name: QueueName, known: ReadonlyMap<string, Processor>): AnyWorker<B, C> {
    const { factory, consuming, prefix } = this.backend;
    const { lockMs = LOCK_MS, concurrency = DEFAULT_CONCURRENCY, watch } = this.options;
    // BullMQ gives the signal only to a function that declares it.
    const work = (job: AnyJob, _token: string | undefined, signal: AbortSignal | undefined): Promise<void> =>
      watched({ id: job.id ?? '', name: job.name, data: job.data, last: isLast(job, job.attemptsMade + 1) }, watch,
        async () => processorOf(known, job.name).process(job.data, signal ?? new AbortController().signal));
    const worker: AnyWorker<B, C> = new Worker(name, work, {
      connection: consuming,
      prefix,
      concurrency: concurrencyOf(name, concurrency),
      lockDuration: lockMs,
      stalledInterval: lockMs / 2,
      maxStalledCount: MOST_KILLS,
      settings: { backoffStrategy: (attemptsMade: number) => retryDelay(this.retries, attemptsMade) },
    }, factory);
    worker.on('error', (error) => this.logger.warn(`the worker of queue ${name}: ${error.message}`));
    worker.on('failed', (job, error) => job && this.tell(job, error));
    return worker;
  }

  private tell(job: AnyJob, error: Error): void {
    const { id = '', data, attemptsMade } = job;
    const last = isLast(job, attemptsMade);
    asOf({ id, data }, () => this.logger[last ? 'error' : 'warn'](`job ${id} failed${last ? ' for good' : ', will be tried again'} (attempt ${attemptsMade}): ${error.message}`));
  }
}

const isLast = ({ opts }: Pick<AnyJob, 'opts'>, attempts: number): boolean => attempts >= (opts.attempts ?? 1);
