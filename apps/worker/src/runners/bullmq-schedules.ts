import type { IQueueBackend } from 'bullmq';
import { isDeepStrictEqual } from 'node:util';
import type { Schedule } from '../job-runner.js';
import type { AnyQueue } from './bullmq-queues.js';

/** A run that fails is neither tried again nor kept: the next is the next try. */
const RUN = { attempts: 1, removeOnComplete: true, removeOnFail: true } as const;

/** Gives the queue these schedules and no others. What is there already stays as it is, so that its next run does not move. */
export async function setSchedules<B extends IQueueBackend, C>(queue: AnyQueue<B, C>, schedules: readonly Schedule[]): Promise<void> {
  const kept = await queue.getJobSchedulers();
  for (const { key } of kept) if (!schedules.some(({ name }) => name === key)) await queue.removeJobScheduler(key);
  for (const { name, everyMs, job, data } of schedules) {
    const there = kept.find(({ key }) => key === name);
    const same = there !== undefined && Number(there.every) === everyMs && there.name === job && isDeepStrictEqual(there.template?.data, data);
    // One whose next run is long over has lost it.
    if (same && (there.next ?? 0) > Date.now() - 2 * everyMs) continue;
    await queue.upsertJobScheduler(name, { every: everyMs }, { name: job, data, opts: RUN });
  }
}
