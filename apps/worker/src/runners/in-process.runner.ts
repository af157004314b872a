import { Logger } from '@nestjs/common';
import { step } from '#event-store';
import { byName, checkedJob, checkedNode, FAILED_JOBS_KEPT, RETRIES, retryDelay, settled, type AddOptions, type FailedJob, type Job, type JobRunner, type JobState, type KeptJob, type Processor, type QueueCounts, type Schedule } from '../job-runner.js';
import { asOf, processorOf, watched } from '../job-watch.js';
import type { RunnerOptions } from '../open-job-runner.js';
import { concurrencyOf, DEFAULT_CONCURRENCY, nodeQueue, queueOf, SHARED_QUEUES, type QueueName } from '../queues.js';
import { failedJob, InProcessEntries, keptJob, type Entry } from './in-process.entries.js';
import { InProcessSchedules } from './in-process.schedules.js';

const ABORTED_JOBS_END_WITHIN_MS = 1_000;

/** Jobs in the memory of this process: forgotten when it ends. */
export class InProcessRunner implements JobRunner {
  private readonly logger = new Logger('Jobs');
  private readonly own: ReadonlySet<QueueName>;
  private readonly entries = new InProcessEntries();
  private readonly aborting = new AbortController();
  private readonly running = new Map<Promise<void>, QueueName>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly schedules = new InProcessSchedules((job) => this.keep(job, true));
  private processors: ReadonlyMap<string, Processor> | undefined;
  private stopped = false;

  constructor(private readonly options: RunnerOptions = {}) {
    this.own = new Set([...SHARED_QUEUES, ...(options.nodes ?? []).map((node) => nodeQueue(checkedNode(node)))]);
  }

  async add(job: Job, { failedToo = true }: AddOptions = {}): Promise<void> {
    checkedJob(job);
    if (this.stopped) throw new Error('The job runner has stopped.');
    const kept = this.entries.get(job);
    if (kept && !(failedToo && kept.state === 'failed')) return;
    step(`job ${job.name} is added`);
    this.keep(structuredClone(job), false);
  }

  async start(processors: readonly Processor[]): Promise<void> {
    this.processors = byName(processors);
    for (const queue of this.own) this.next(queue);
  }

  async repeat(schedules: readonly Schedule[]): Promise<void> {
    if (!this.stopped) this.schedules.set(schedules);
  }

  async counts(): Promise<readonly QueueCounts[]> {
    const queues = new Set([...this.own, ...this.entries.queues()]);
    return [...queues].map((queue) => {
      const count = (state: JobState) => this.entries.in(queue, state).length;
      return { queue, waiting: count('waiting'), running: count('running'), later: count('later') + this.schedules.count(queue), failed: count('failed') };
    });
  }

  async list(states: readonly JobState[], limit: number): Promise<readonly KeptJob[]> {
    const queues = (await this.counts()).map(({ queue }) => queue);
    return queues.flatMap((queue) => states.flatMap((state) => this.entries.in(queue, state).slice(0, limit).map((entry) => keptJob(queue, entry))));
  }

  async failed(limit: number): Promise<readonly FailedJob[]> {
    return this.entries.failed().slice(0, limit).map(failedJob);
  }

  async retry(id: string): Promise<boolean> {
    const found = this.entries.failed().find(({ job }) => job.id === id);
    if (found) await this.add(found.job);
    return found !== undefined;
  }

  onReturn(): void {
    // It is never away.
  }

  async stop(graceMs: number): Promise<void> {
    this.stopped = true;
    this.schedules.set([]);
    for (const timer of this.timers) clearTimeout(timer);
    const ended = Promise.all(this.running.keys());
    if (await settled(ended, graceMs)) return;
    this.aborting.abort(new Error('The process is stopping.'));
    await settled(ended, ABORTED_JOBS_END_WITHIN_MS);
  }

  private keep(job: Job, once: boolean): void {
    this.into('waiting', { job, once, addedAt: new Date(), state: 'waiting', attempts: 0 });
  }

  private into(state: JobState, entry: Entry): void {
    this.entries.put(entry, state);
    if (state === 'waiting') this.next(queueOf(entry.job));
  }

  private next(queue: QueueName): void {
    if (!this.processors || this.stopped || !this.own.has(queue)) return;
    const busy = [...this.running.values()].filter((each) => each === queue).length;
    const free = concurrencyOf(queue, this.options.concurrency ?? DEFAULT_CONCURRENCY) - busy;
    if (free <= 0) return;
    for (const entry of this.entries.in(queue, 'waiting').slice(0, free)) {
      this.into('running', entry);
      const run = this.run(entry).finally(() => {
        this.running.delete(run);
        this.next(queue);
      });
      this.running.set(run, queue);
    }
  }

  private async run(entry: Entry): Promise<void> {
    const { job } = entry;
    entry.attempts += 1;
    const last = entry.once || entry.attempts >= (this.options.retries ?? RETRIES).attempts;
    try {
      await watched({ ...job, last }, this.options.watch, () => processorOf(this.processors, job.name).process(job.data, this.aborting.signal));
      this.entries.delete(entry);
    } catch (error) {
      entry.reason = error instanceof Error ? error.message : String(error);
      this.failedOnce(entry, last, entry.reason);
    }
  }

  private failedOnce(entry: Entry, last: boolean, reason: string): void {
    const { job, attempts, once } = entry;
    asOf(job, () => this.logger[last ? 'error' : 'warn'](`job ${job.id} failed${last ? ' for good' : ', will be tried again'} (attempt ${attempts}): ${reason}`));
    this.into(last ? 'failed' : 'later', entry);
    if (!last) this.later(retryDelay(this.options.retries ?? RETRIES, attempts), () => this.into('waiting', entry));
    else if (once) this.entries.delete(entry);
    else for (const old of this.entries.in(queueOf(job), 'failed').slice(FAILED_JOBS_KEPT)) this.entries.delete(old);
  }

  private later(ms: number, act: () => void): void {
    if (this.stopped) return;
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      act();
    }, ms);
    this.timers.add(timer);
  }
}
