import type { FailedJob, Job, JobState, KeptJob } from '../job-runner.js';
import { queueOf, type QueueName } from '../queues.js';

export interface Entry {
  readonly job: Job;
  readonly addedAt: Date;
  /** Of a schedule: not tried again. */
  readonly once: boolean;
  state: JobState;
  attempts: number;
  reason?: string;
}

/** All jobs, in the order in which they came to their state. */
export class InProcessEntries {
  private readonly byKey = new Map<string, Entry>();

  get(job: Job): Entry | undefined {
    return this.byKey.get(keyOf(job));
  }

  put(entry: Entry, state: JobState): void {
    entry.state = state;
    this.delete(entry);
    this.byKey.set(keyOf(entry.job), entry);
  }

  delete({ job }: Entry): void {
    this.byKey.delete(keyOf(job));
  }

  queues(): readonly QueueName[] {
    return [...this.byKey.values()].map(({ job }) => queueOf(job));
  }

  /** Those that failed come newest first. */
  in(queue: QueueName, state: JobState): readonly Entry[] {
    const found = [...this.byKey.values()].filter((entry) => entry.state === state && queueOf(entry.job) === queue);
    return state === 'failed' ? found.toReversed() : found;
  }

  failed(): readonly Entry[] {
    return [...this.byKey.values()].filter(({ state }) => state === 'failed').toReversed();
  }
}

const keyOf = (job: Job): string => `${queueOf(job)}/${job.id}`;

export const keptJob = (queue: QueueName, { job: { name, id, data }, state, attempts, addedAt, reason }: Entry): KeptJob =>
  ({ queue, name, id, data, state, attempts, addedAt, ...(reason !== undefined && { reason }) });

export const failedJob = ({ job: { name, id, data }, reason = '', attempts }: Entry): FailedJob => ({ name, id, data, reason, attempts });
