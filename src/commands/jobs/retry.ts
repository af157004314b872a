import type { JobRunner } from '#apps/worker';
import type { RetryOptions } from './command.js';
import { asJson, withJobs } from './open-jobs.js';

const PAGE = 100;

/** `jobs retry`; answers its exit code. */
export async function retryJobs(ids: readonly string[], options: RetryOptions): Promise<number> {
  const { retried, unknown } = await withJobs(options, (jobs) => (options.all ? retryAll(jobs) : retryEach(jobs, ids)));
  if (options.json) process.stdout.write(asJson({ retried, unknown }));
  else process.stdout.write(`${retried.length} job(s) started anew\n`);
  for (const id of unknown) process.stderr.write(`ERROR: no job ${JSON.stringify(id)} has failed for good\n`);
  return unknown.length === 0 ? 0 : 1;
}

interface Retried {
  readonly retried: readonly string[];
  readonly unknown: readonly string[];
}

async function retryEach(jobs: JobRunner, ids: readonly string[]): Promise<Retried> {
  const retried: string[] = [];
  for (const id of ids) if (await jobs.retry(id)) retried.push(id);
  return { retried, unknown: ids.filter((id) => !retried.includes(id)) };
}

/** Each once, though it may fail anew meanwhile. */
async function retryAll(jobs: JobRunner): Promise<Retried> {
  const retried = new Set<string>();
  for (;;) {
    const failed = (await jobs.failed(retried.size + PAGE)).filter(({ id }) => !retried.has(id));
    if (failed.length === 0) return { retried: [...retried], unknown: [] };
    for (const { id } of failed) {
      await jobs.retry(id);
      retried.add(id);
    }
  }
}
