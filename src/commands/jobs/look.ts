import { JOB_STATES, type KeptJob, type QueueCounts } from '#apps/worker';
import { columns } from './columns.js';
import type { LookOptions } from './command.js';
import { asJson, withJobs } from './open-jobs.js';

/** `jobs list`. */
export async function listJobs(options: LookOptions): Promise<void> {
  const states = options.state === undefined ? JOB_STATES : [options.state];
  const { queues, jobs } = await withJobs(options, async (runner) => ({ queues: await runner.counts(), jobs: await runner.list(states, options.limit) }));
  process.stdout.write(options.json ? asJson({ queues, jobs }) : `${countsTable(queues)}${jobsTable(jobs)}`);
}

/** `jobs failed`. */
export async function listFailed(options: LookOptions): Promise<void> {
  const jobs = await withJobs(options, (runner) => runner.failed(options.limit));
  if (options.json) process.stdout.write(asJson(jobs));
  else if (jobs.length === 0) process.stdout.write('no job has failed for good\n');
  else process.stdout.write(columns([['ID', 'NAME', 'IMAGE', 'ATTEMPTS', 'REASON'], ...jobs.map(({ id, name, data, attempts, reason }) => [id, name, imageOf(data), `${attempts}`, reason])]));
}

const countsTable = (queues: readonly QueueCounts[]): string =>
  columns([['QUEUE', ...JOB_STATES.map((state) => state.toUpperCase())], ...queues.map((counts) => [counts.queue, ...JOB_STATES.map((state) => `${counts[state]}`)])]);

function jobsTable(jobs: readonly KeptJob[]): string {
  if (jobs.length === 0) return '';
  const rows = jobs.map(({ queue, state, attempts, addedAt, name, id, data, reason = '' }) => [id, name, imageOf(data), queue, state, `${attempts}`, addedAt.toISOString(), reason]);
  return `\n${columns([['ID', 'NAME', 'IMAGE', 'QUEUE', 'STATE', 'ATTEMPTS', 'ADDED', 'LAST ERROR'], ...rows])}`;
}

const imageOf = (data: unknown): string => (typeof data === 'object' && data !== null && 'imageId' in data ? String(data.imageId) : '-');
