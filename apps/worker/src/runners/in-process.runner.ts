import { Logger } from '@nestjs/common';
import { byName, checkedJobId, FAILED_JOBS_KEPT, RETRIES, retryDelay, settled, type AddOptions, type FailedJob, type Job, type JobRunner, type Processor, type RetryPolicy } from '../job-runner.js';
import { QUEUE_NAMES, QUEUES, queueOf, type QueueName } from '../queues.js';

const ABORTED_JOBS_END_WITHIN_MS = 1_000;

interface Queue {
  /** Ids of all jobs that wait, run, or are to be tried again. */
  readonly ids: Set<string>;
  waiting: { readonly job: Job; readonly attempts: number }[];
  failed: FailedJob[];
  running: number;
}

/** Jobs in the memory of this process: forgotten when it ends. */
export class InProcessRunner implements JobRunner {
  private readonly logger = new Logger('Jobs');
  private readonly queues = new Map<QueueName, Queue>(QUEUE_NAMES.map((name) => [name, { ids: new Set(), waiting: [], failed: [], running: 0 }]));
  private readonly aborting = new AbortController();
  private readonly running = new Set<Promise<void>>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private processors: ReadonlyMap<string, Processor> | undefined;
  private stopped = false;

  constructor(private readonly retries: RetryPolicy = RETRIES) {}

  async add(job: Job, { failedToo = true }: AddOptions = {}): Promise<void> {
    checkedJobId(job.id);
    if (this.stopped) throw new Error('The job runner has stopped.');
    const queue = this.queueOf(job);
    if (queue.ids.has(job.id)) return;
    if (!failedToo && queue.failed.some(({ id }) => id === job.id)) return;
    queue.failed = queue.failed.filter(({ id }) => id !== job.id);
    queue.ids.add(job.id);
    this.wait(structuredClone(job), 0);
  }

  async start(processors: readonly Processor[]): Promise<void> {
    this.processors = byName(processors);
    for (const name of QUEUE_NAMES) this.next(name);
  }

  async failed(limit: number): Promise<readonly FailedJob[]> {
    return [...this.queues.values()].flatMap(({ failed }) => failed).slice(0, limit);
  }

  async stop(graceMs: number): Promise<void> {
    this.stopped = true;
    for (const timer of this.timers) clearTimeout(timer);
    const ended = Promise.all(this.running);
    if (await settled(ended, graceMs)) return;
    this.aborting.abort(new Error('The process is stopping.'));
    await settled(ended, ABORTED_JOBS_END_WITHIN_MS);
  }

  private queueOf(job: Job): Queue {
    const queue = this.queues.get(queueOf(job.name));
    if (!queue) throw new TypeError(`no queue has the job ${job.name}`);
    return queue;
  }

  private wait(job: Job, attempts: number): void {
    this.queueOf(job).waiting.push({ job, attempts });
    this.next(queueOf(job.name));
  }

  private next(name: QueueName): void {
    const queue = this.queues.get(name);
    if (!queue || !this.processors || this.stopped) return;
    while (queue.running < QUEUES[name].concurrency) {
      const entry = queue.waiting.shift();
      if (!entry) return;
      queue.running += 1;
      const run = this.run(entry.job, entry.attempts + 1).finally(() => {
        queue.running -= 1;
        this.running.delete(run);
        this.next(name);
      });
      this.running.add(run);
    }
  }

  private async run(job: Job, attempts: number): Promise<void> {
    try {
      await this.processors?.get(job.name)?.process(job.data, this.aborting.signal);
      this.queueOf(job).ids.delete(job.id);
    } catch (error) {
      this.failedOnce(job, attempts, error instanceof Error ? error.message : String(error));
    }
  }

  private failedOnce(job: Job, attempts: number, reason: string): void {
    const queue = this.queueOf(job);
    const last = attempts >= this.retries.attempts;
    this.logger[last ? 'error' : 'warn'](`job ${job.id} failed${last ? ' for good' : ', will be tried again'} (attempt ${attempts}): ${reason}`);
    if (last) {
      queue.ids.delete(job.id);
      queue.failed = [{ name: job.name, id: job.id, data: job.data, reason, attempts }, ...queue.failed].slice(0, FAILED_JOBS_KEPT);
    } else if (!this.stopped) {
      this.later(retryDelay(this.retries, attempts), () => this.wait(job, attempts));
    }
  }

  private later(ms: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      act();
    }, ms);
    this.timers.add(timer);
  }
}
