import { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';
import pg from 'pg';
import { typescriptChild, killed } from '../../../../test/support/typescript-child.js';
import { testDatabase } from '../../../../test/support/postgres.js';
import { startRedis } from '../../../../test/support/redis.js';
import { job, jobRunnerContract, processor, QUICK_RETRIES, until, untilAborted, type RunnersUnderTest } from '../job-runner.contract.js';
import { JobsUnavailable } from '../jobs.errors.js';
import { openJobRunner, type JobsOptions } from '../open-job-runner.js';

const LOCK_MS = 1_000;
interface Place extends RunnersUnderTest {
  readonly jobs: JobsOptions;
  /** Breaks every connection to the place. */
  cut(): Promise<void>;
}

const places: Record<string, () => Promise<Place>> = {
  PostgreSQL: async () => {
    const { url, drop } = await testDatabase();
    return placeOf({ kind: 'postgres', url, retries: QUICK_RETRIES }, drop, () => cutPostgres(url));
  },
  Redis: async () => {
    const { url, stop } = await startRedis();
    return placeOf({ kind: 'redis', url, retries: QUICK_RETRIES }, stop, () => cutRedis(url));
  },
};
const placeOf = (jobs: JobsOptions, close: () => Promise<void>, cut: () => Promise<void>): Place => ({ jobs, close, cut, open: () => openJobRunner(jobs, LOCK_MS) });

async function cutPostgres(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()');
  await client.end();
}

async function cutRedis(url: string): Promise<void> {
  const client = new Redis(url);
  await client.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
  await client.quit();
}

beforeAll(() => Logger.overrideLogger(false));

describe.each(Object.entries(places))('BullMQ on %s', (name, create) => {
  jobRunnerContract(name, create);

  describe('beyond one process', () => {
    let place: Place;
    beforeAll(async () => {
      place = await create();
    });
    afterAll(() => place.close());

    it('runs the job of a process that was killed in the middle of it', async () => {
      const source = new URL('../open-job-runner.ts', import.meta.url).href;
      const { child, lines } = typescriptChild(`
        const { openJobRunner } = await import(${JSON.stringify(source)});
        const runner = await openJobRunner(${JSON.stringify(place.jobs)}, ${LOCK_MS});
        await runner.start([{ name: 'delete-image-data', process: (data, signal) => { console.log(data.imageId); return new Promise(() => setInterval(() => signal, 1000)); } }]);`);
      const runner = await place.open();
      try {
        await runner.add(job('left alone'));
        expect(await lines.next()).toEqual({ done: false, value: 'left alone' });
        await killed(child);
        const seen: string[] = [];
        await runner.start([processor(async ({ imageId }) => void seen.push(imageId))]);
        await until(() => seen.length > 0);
        expect(seen).toEqual(['left alone']);
      } finally {
        await killed(child);
        await runner.stop(1_000);
      }
    });

    it('runs a job that a stop has aborted in the next process', async () => {
      const first = await place.open();
      const { promise: started, resolve: start } = Promise.withResolvers<void>();
      await first.start([processor((_, signal) => {
        start();
        return untilAborted(signal);
      })]);
      await first.add(job('cut short'));
      await started;
      await first.stop(10);
      const second = await place.open();
      const seen: string[] = [];
      await second.start([processor(async ({ imageId }) => void seen.push(imageId))]);
      await until(() => seen.includes('cut short'));
      await second.stop(1_000);
    });

    it('goes on after all its connections broke', async () => {
      const runner = await place.open();
      const seen: string[] = [];
      await runner.start([processor(async ({ imageId }) => void seen.push(imageId))]);
      for (const name of ['first', 'second', 'third']) {
        await runner.add(job(name));
        await until(() => seen.includes(name));
        await place.cut();
        await until(() => runner.failed(1).then(() => true, () => false));
      }
      await runner.stop(1_000);
    });

    it('shares a queue between processes and runs each job in one of them', async () => {
      const runners = [await place.open(), await place.open()];
      const seen: string[] = [];
      const ids = Array.from({ length: 40 }, (_, i) => `shared ${i}`);
      // What the test before cut off may come once more.
      const note = async ({ imageId }: { readonly imageId: string }) => void (imageId.startsWith('shared') && seen.push(imageId));
      for (const runner of runners) await runner.start([processor(note)]);
      await Promise.all(ids.map(async (id, i) => runners[i % 2]?.add(job(id))));
      await until(() => seen.length >= ids.length);
      await Promise.all(runners.map((runner) => runner.stop(1_000)));
      expect(seen.toSorted()).toEqual(ids.toSorted());
    });
  });
});

describe('a place for jobs that is not there', () => {
  it.each<JobsOptions>([
    { kind: 'redis', url: 'redis://127.0.0.1:1/0' },
    { kind: 'postgres', url: 'postgresql://someone:secret@127.0.0.1:1/nothing' },
  ])('ends the start with JobsUnavailable and without the password ($kind)', async (jobs) => {
    const error: unknown = await openJobRunner(jobs).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(JobsUnavailable);
    expect(String(error)).toContain('ECONNREFUSED');
    expect(String(error)).not.toContain('secret');
  });
});

describe('jobs in PostgreSQL', () => {
  it('keep to a schema of their own', async () => {
    const { url, drop } = await testDatabase();
    const runner = await openJobRunner({ kind: 'postgres', url });
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query<{ schema: string }>(
      `SELECT DISTINCT schemaname AS schema FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`);
    await client.end();
    await runner.stop(0);
    await drop();
    expect(rows).toEqual([{ schema: 'bullmq' }]);
  });
});
