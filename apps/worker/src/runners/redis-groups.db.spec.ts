import { Logger } from '@nestjs/common';
import { startGuardedRedis, startRedisCluster } from '../../../../test/support/redis-groups.js';
import { job, PATIENCE_MS, processors, QUICK_RETRIES, until } from '../job-runner.contract.js';
import { openJobRunner, type JobsOptions } from '../open-job-runner.js';

beforeAll(() => Logger.overrideLogger(false));

/** Adds and runs, in two processes, a job for anybody, one for a node, one that fails for good, and one that comes back. */
async function works(jobs: JobsOptions): Promise<void> {
  const [adding, working] = [await openJobRunner(jobs), await openJobRunner({ ...jobs, nodes: ['here'] })];
  const seen: string[] = [];
  try {
    await working.start(processors(async ({ imageId }) => {
      seen.push(imageId);
      if (imageId === 'doomed') throw new Error('no');
    }));
    const doomed = job('doomed');
    for (const each of [job('anywhere'), { ...job('bound'), node: 'here' }, doomed]) await adding.add(each);
    await working.repeat([{ name: 'often', everyMs: 100, job: 'delete-image-data', data: job('often').data }]);
    await until(() => ['anywhere', 'bound'].every((each) => seen.includes(each)) && seen.filter((each) => each === 'often').length >= 2);
    await until(async () => (await adding.failed(10)).some(({ id }) => id === doomed.id));
    expect(await adding.retry(doomed.id)).toBe(true);
    await working.repeat([]);
  } finally {
    await Promise.all([adding.stop(1_000), working.stop(10_000)]);
  }
}

describe('Jobs in a Redis that Sentinels know', () => {
  it('are run, and go on when another has become the master', async () => {
    const redis = await startGuardedRedis();
    const jobs: JobsOptions = { kind: 'redis', url: redis.url, retries: QUICK_RETRIES };
    try {
      await works(jobs);
      const runner = await openJobRunner(jobs);
      const seen: string[] = [];
      await runner.start(processors(async ({ imageId }) => void seen.push(imageId)));
      await redis.failOver();
      const later = job('later');
      await until(() => runner.add(later).then(() => true, () => false));
      await until(() => seen.includes('later'));
      await runner.stop(1_000);
    } finally {
      await redis.stop();
    }
  }, 2 * PATIENCE_MS);

  it('end the start with JobsUnavailable where no Sentinel answers', async () => {
    const url = 'redis+sentinel://127.0.0.1:1/mymaster?sentinel_password=secret';
    const error: unknown = await openJobRunner({ kind: 'redis', url }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'JobsUnavailable', message: expect.stringContaining('127.0.0.1:1') });
    expect(String(error)).not.toContain('secret');
  }, PATIENCE_MS);
});

describe('Jobs in a Redis Cluster', () => {
  it('are run', async () => {
    const redis = await startRedisCluster();
    try {
      await works({ kind: 'redis', url: redis.url, retries: QUICK_RETRIES });
    } finally {
      await redis.stop();
    }
  }, PATIENCE_MS);

  it('end the start with JobsUnavailable where no node answers', async () => {
    await expect(openJobRunner({ kind: 'redis', url: 'redis+cluster://127.0.0.1:1' })).rejects.toMatchObject({ code: 'JobsUnavailable' });
  }, PATIENCE_MS);
});
