import { Logger } from '@nestjs/common';
import { Queue, Worker, type IQueueBackend, type Job as StoredJob, type JobProgress } from 'bullmq';
import { byName, checkedJobId, FAILED_JOBS_KEPT, RETRIES, retryDelay, settled, type AddOptions, type FailedJob, type Job, type JobRunner, type Processor, type RetryPolicy } from '../job-runner.js';
import { QUEUE_NAMES, QUEUES, queueOf, type QueueName } from '../queues.js';
import type { Backend } from './backends.js';

export interface BullmqOptions {
  readonly retries?: RetryPolicy;
  /** A job whose process has not renewed its lock for so long belongs to nobody any more. */
  readonly lockMs?: number;
}

const LOCK_MS = 30_000;
/** Begins every key in Redis. */
const PREFIX = 'afterimage';
const ABORTED_JOBS_END_WITHIN_MS = 1_000;
/** A job that brings its process down each time must end some day. */
const MOST_KILLS = 10;

type Payload = Job['data'];
type AnyQueue<B extends IQueueBackend, C> = Queue<Payload, void, string, Payload, void, string, B, C>;
type AnyWorker<B extends IQueueBackend, C> = Worker<Payload, void, string, B, JobProgress, C>;

/** Jobs in BullMQ, in PostgreSQL or in Redis: shared by all processes and kept over restarts. */
export class BullmqRunner<B extends IQueueBackend, C> implements JobRunner {
  private readonly logger = new Logger('Jobs');
  private readonly retries: RetryPolicy;
  private readonly queues: ReadonlyMap<QueueName, AnyQueue<B, C>>;
  private workers: AnyWorker<B, C>[] = [];
  private stopping: Promise<void> | undefined;

  constructor(private readonly backend: Backend<B, C>, private readonly options: BullmqOptions = {}) {
    this.retries = options.retries ?? RETRIES;
    this.queues = new Map(QUEUE_NAMES.map((name) => [name, this.openQueue(name)]));
  }

  async add(job: Job, { failedToo = true }: AddOptions = {}): Promise<void> {
    checkedJobId(job.id);
    const queue = this.queue(queueOf(job.name));
    const kept = failedToo ? await queue.getJob(job.id) : undefined;
    if (kept && (await kept.isFailed())) await queue.remove(job.id);
    await queue.add(job.name, job.data, { jobId: job.id });
  }

  async start(processors: readonly Processor[]): Promise<void> {
    const known = byName(processors);
    for (const queue of this.queues.values()) await queue.waitUntilReady();
    this.workers = QUEUE_NAMES.map((name) => this.openWorker(name, known));
    for (const worker of this.workers) await worker.waitUntilReady();
  }

  async failed(limit: number): Promise<readonly FailedJob[]> {
    const found = await Promise.all([...this.queues.values()].map((queue) => queue.getJobs(['failed'], 0, limit - 1)));
    return found.flat().slice(0, limit).map(({ name, id = '', data, failedReason, attemptsMade }) => ({ name, id, data, reason: failedReason, attempts: attemptsMade }));
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
    await Promise.all([...this.queues.values()].map((queue) => queue.close()));
    await this.backend.close();
  }

  private queue(name: QueueName): AnyQueue<B, C> {
    const queue = this.queues.get(name);
    if (!queue) throw new TypeError(`there is no queue ${name}`);
    return queue;
  }

  private openQueue(name: QueueName): AnyQueue<B, C> {
    const { factory, producing } = this.backend;
    const queue: AnyQueue<B, C> = new Queue(name, {
      connection: producing,
      prefix: PREFIX,
      defaultJobOptions: {
        attempts: this.retries.attempts,
        backoff: { type: 'capped' },
        removeOnComplete: true,
        removeOnFail: { count: FAILED_JOBS_KEPT },
      },
    }, factory);
    queue.on('error', (error) => this.logger.warn(`the queue ${name}: ${error.message}`));
    return queue;
  }

  private openWorker(name: QueueName, known: ReadonlyMap<string, Processor>): AnyWorker<B, C> {
    const { factory, consuming } = this.backend;
    const { lockMs = LOCK_MS } = this.options;
    // BullMQ gives the signal only to a function that declares it.
    const work = async (job: StoredJob<Payload, void>, _token: string | undefined, signal: AbortSignal | undefined): Promise<void> => {
      const processor = known.get(job.name);
      if (!processor) throw new Error(`this process does not know the job ${job.name}; upgrade it`);
      await processor.process(job.data, signal ?? new AbortController().signal);
    };
    const worker: AnyWorker<B, C> = new Worker(name, work, {
      connection: consuming,
      prefix: PREFIX,
      concurrency: QUEUES[name].concurrency,
      lockDuration: lockMs,
      stalledInterval: lockMs / 2,
      maxStalledCount: MOST_KILLS,
      settings: { backoffStrategy: (attemptsMade: number) => retryDelay(this.retries, attemptsMade) },
    }, factory);
    worker.on('error', (error) => this.logger.warn(`the worker of queue ${name}: ${error.message}`));
    worker.on('failed', (job, error) => this.tell(job?.id, job?.attemptsMade ?? 0, error));
    return worker;
  }

  private tell(id: string | undefined, attempts: number, error: Error): void {
    const last = attempts >= this.retries.attempts;
    this.logger[last ? 'error' : 'warn'](`job ${id} failed${last ? ' for good' : ', will be tried again'} (attempt ${attempts}): ${error.message}`);
  }
}
