import type { IQueueBackend } from 'bullmq';
import type { FailedJob, JobState, KeptJob, QueueCounts } from '../job-runner.js';
import type { QueueName } from '../queues.js';
import type { AnyJob, AnyQueue } from './bullmq-queues.js';

/** BullMQ's names of our states. */
const STATES = { waiting: ['wait', 'prioritized'], running: ['active'], later: ['delayed'], failed: ['failed'] } as const satisfies Record<JobState, readonly string[]>;

export async function countsOf<B extends IQueueBackend, C>(name: QueueName, queue: AnyQueue<B, C>): Promise<QueueCounts> {
  const found = await queue.getJobCounts(...Object.values(STATES).flat());
  const count = (state: JobState) => STATES[state].reduce((sum, each) => sum + (found[each] ?? 0), 0);
  return { queue: name, waiting: count('waiting'), running: count('running'), later: count('later'), failed: count('failed') };
}

/** The newest of those that failed, of others those whose turn comes first. */
export async function jobsOf<B extends IQueueBackend, C>(name: QueueName, queue: AnyQueue<B, C>, state: JobState, limit: number): Promise<readonly KeptJob[]> {
  const found = await queue.getJobs([...STATES[state]], 0, limit - 1, state !== 'failed');
  return found.filter((job) => job !== undefined && job !== null).slice(0, limit).map((job) => ({
    queue: name, name: job.name, id: job.id ?? '', data: job.data, state, attempts: job.attemptsMade, addedAt: new Date(job.timestamp),
    ...(job.failedReason ? { reason: job.failedReason } : {}),
  }));
}

export const newestFirst = (one: AnyJob, other: AnyJob): number => (other.finishedOn ?? 0) - (one.finishedOn ?? 0);

export const failedJob = ({ name, id = '', data, failedReason, attemptsMade }: AnyJob): FailedJob => ({ name, id, data, reason: failedReason, attempts: attemptsMade });
