import { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';
import pg from 'pg';
import { typescriptChild, killed } from '../../../../test/support/typescript-child.js';
import { testDatabase } from '../../../../test/support/postgres.js';
import { startRedis } from '../../../../test/support/redis.js';
import { job, jobRunnerContract, PATIENCE_MS, processors, QUICK_RETRIES, until, untilAborted, type RunnersUnderTest } from '../job-runner.contract.js';
import { JobsUnavailable } from '../jobs.errors.js';
import type { JobRunner } from '../job-runner.js';
import { openJobRunner, type JobsOptions } from '../open-job-runner.js';

/** Shorter than a loaded machine may stand still: a job may then run twice. */
const LOCK_MS = 1_000;
interface Place extends RunnersUnderTest {
  /** One whose dead process is noticed soon. */
  openHasty(): Promise<JobRunner>;
  readonly jobs: JobsOptions;
  /** Of a job in the queue `data`, by the clock of the epoch in ms; 0: by nobody. */
  lockedUntil(id: string): Promise<number>;
  /** Breaks every connection to the place. */
  cut(): Promise<void>;
}

const places: Record<string, () => Promise<Place>> = {
  PostgreSQL: async () => {
    const { url, drop } = await testDatabase();
    return placeOf({ kind: 'postgres', url, retries: QUICK_RETRIES }, drop, { cut: () => cutPostgres(url), lockedUntil: (id) => lockInPostgres(url, id) });
  },
  Redis: async () => {
    const { url, stop } = await startRedis();
    return placeOf({ kind: 'redis', url, retries: QUICK_RETRIES }, stop, { cut: () => cutRedis(url), lockedUntil: (id) => lockInRedis(url, id) });
  },
};
const placeOf = (jobs: JobsOptions, close: () => Promise<void>, more: Pick<Place, 'cut' | 'lockedUntil'>): Place => ({
  jobs, close, ...more,
  open: (nodes = []) => openJobRunner({ ...jobs, nodes }),
  openHasty: () => openJobRunner({ ...jobs, lockMs: LOCK_MS }),
});

async function cutPostgres(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()');
  await client.end();
}

async function lockInPostgres(connectionString: string, id: string): Promise<number> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  const { rows } = await client.query<{ until: string }>(`SELECT locked_until_ms AS until FROM bullmq.job WHERE queue = 'data' AND id = $1`, [id]);
  await client.end();
  return Number(rows[0]?.until ?? 0);
}

async function lockInRedis(url: string, id: string): Promise<number> {
  const client = new Redis(url);
  const left = await client.pttl(`afterimage:data:${id}:lock`);
  await client.quit();
  return left > 0 ? Date.now() + left : 0;
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
    }, PATIENCE_MS);
    afterAll(() => place.close(), PATIENCE_MS);

    it('runs the job of a process that was killed in the middle of it', async () => {
      const source = new URL('../open-job-runner.ts', import.meta.url).href;
      const { child, lines } = typescriptChild(`
        const { openJobRunner } = await import(${JSON.stringify(source)});
        const { JOB_NAMES } = await import(${JSON.stringify(new URL('../queues.ts', import.meta.url).href)});
        const runner = await openJobRunner(${JSON.stringify({ ...place.jobs, lockMs: LOCK_MS })});
        const process = (data, signal) => { console.log(data.imageId); return new Promise(() => setInterval(() => signal, 1000)); };
        await runner.start(JOB_NAMES.map((name) => ({ name, process })));`);
      const runner = await place.openHasty();
      try {
        await runner.add(job('left alone'));
        expect(await lines.next()).toEqual({ done: false, value: 'left alone' });
        await killed(child);
        const seen: string[] = [];
        await runner.start(processors(async ({ imageId }) => void seen.push(imageId)));
        await until(() => seen.includes('left alone'));
      } finally {
        await killed(child);
        await runner.stop(1_000);
      }
    }, PATIENCE_MS);

    it('renews the lock of a job as long as it runs', async () => {
      const runner = await place.openHasty();
      const { promise: opened, resolve: open } = Promise.withResolvers<void>();
      const long = job('long');
      await runner.start(processors(() => opened));
      await runner.add(long);
      await until(async () => (await place.lockedUntil(long.id)) > 0);
      const first = await place.lockedUntil(long.id);
      await until(async () => (await place.lockedUntil(long.id)) > first + LOCK_MS);
      open();
      await runner.stop(PATIENCE_MS);
      expect(await place.lockedUntil(long.id)).toBe(0);
    }, PATIENCE_MS);

    it('runs a job that a stop has aborted in the next process', async () => {
      const first = await place.open();
      const { promise: started, resolve: start } = Promise.withResolvers<void>();
      await first.start(processors((_, signal) => {
        start();
        return untilAborted(signal);
      }));
      await first.add(job('cut short'));
      await started;
      await first.stop(10);
      const second = await place.open();
      const seen: string[] = [];
      await second.start(processors(async ({ imageId }) => void seen.push(imageId)));
      await until(() => seen.includes('cut short'));
      await second.stop(1_000);
    }, PATIENCE_MS);

    it('goes on after all its connections broke', async () => {
      const runner = await place.open();
      const seen: string[] = [];
      await runner.start(processors(async ({ imageId }) => void seen.push(imageId)));
      for (const name of ['first', 'second', 'third']) {
        await runner.add(job(name));
        await until(() => seen.includes(name));
        await place.cut();
        await until(() => runner.failed(1).then(() => true, () => false));
      }
      await runner.stop(1_000);
    }, PATIENCE_MS);

    it('shares a queue between processes and runs each job in one of them', async () => {
      const runners = [await place.open(), await place.open()];
      const seen: string[] = [];
      const ids = Array.from({ length: 40 }, (_, i) => `shared ${i}`);
      // What the test before cut off may come once more.
      const note = async ({ imageId }: { readonly imageId: string }) => void (imageId.startsWith('shared') && seen.push(imageId));
      for (const runner of runners) await runner.start(processors(note));
      await Promise.all(ids.map(async (id, i) => runners[i % 2]?.add(job(id))));
      await until(() => seen.length >= ids.length);
      await Promise.all(runners.map((runner) => runner.stop(1_000)));
      expect(seen.toSorted()).toEqual(ids.toSorted());
    }, PATIENCE_MS);
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
