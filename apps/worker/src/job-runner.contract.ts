import { setTimeout as sleep } from 'node:timers/promises';
import { BadJobId, ProcessorsAmiss } from './jobs.errors.js';
import { jobId, type Job, type JobRunner, type Processor, type RetryPolicy } from './job-runner.js';
import type { DeleteImageData } from './queues.js';

export const QUICK_RETRIES: RetryPolicy = { attempts: 3, firstDelayMs: 50, maxDelayMs: 100 };

export interface RunnersUnderTest {
  /** A runner over one and the same place, its retries QUICK_RETRIES. */
  open(): Promise<JobRunner>;
  close(): Promise<void>;
}

let made = 0;
export const job = (imageId: string, id = jobId(`0190-${process.pid}-${made++}`, 'delete-data-when-given-up')): Job =>
  ({ name: 'delete-image-data', id, data: { imageId, causationId: 'c', correlationId: null } });

export const processor = (process: (data: DeleteImageData, signal: AbortSignal) => Promise<void>): Processor => ({ name: 'delete-image-data', process });

export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    if (await condition()) return;
    await sleep(25);
  }
  throw new Error('it did not become true within 15 s');
}

/** Ends when the signal aborts, as a processor should. */
export const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true }));

/** What every job runner must do; `create` makes an empty place. */
export function jobRunnerContract(name: string, create: () => Promise<RunnersUnderTest>): void {
  describe(`the job runner contract, ${name}`, () => {
    let place: RunnersUnderTest;
    let runner: JobRunner;
    let seen: string[];
    const record = async (data: DeleteImageData) => void seen.push(data.imageId);
    beforeAll(async () => {
      place = await create();
    });
    afterAll(() => place.close());
    beforeEach(async () => {
      seen = [];
      runner = await place.open();
    });
    afterEach(() => runner.stop(0));

    it('runs a job with the data that was added', async () => {
      const received: DeleteImageData[] = [];
      await runner.start([processor(async (data) => void received.push(data))]);
      await runner.add(job('a'));
      await until(() => received.length === 1);
      expect(received).toEqual([{ imageId: 'a', causationId: 'c', correlationId: null }]);
    });

    it('runs what was added before its start', async () => {
      await runner.add(job('early'));
      await runner.start([processor(record)]);
      await until(() => seen.includes('early'));
    });

    it('ignores a job whose id waits or runs', async () => {
      const { promise: opened, resolve: open } = Promise.withResolvers<void>();
      const twice = job('twice');
      await runner.add(twice);
      await runner.add(twice);
      await runner.start([processor(async (data) => {
        await record(data);
        await opened;
      })]);
      await until(() => seen.length > 0);
      await runner.add(twice);
      open();
      await runner.add(job('after'));
      await until(() => seen.includes('after'));
      expect(seen).toEqual(['twice', 'after']);
    });

    it('runs a job of an id that was done before', async () => {
      const again = job('again');
      await runner.start([processor(record)]);
      await runner.add(again);
      await until(() => seen.length === 1);
      await until(async () => {
        await runner.add(again);
        return seen.length >= 2;
      });
    });

    it('tries a job that fails again until it ends well, and keeps no failure', async () => {
      const id = job('flaky');
      await runner.start([processor(async (data) => {
        await record(data);
        if (seen.length < 3) throw new Error('not yet');
      })]);
      await runner.add(id);
      await until(() => seen.length === 3);
      expect((await runner.failed(10)).filter((failed) => failed.id === id.id)).toEqual([]);
    });

    it('keeps a job that failed for good to be looked at, and starts it anew when it is added again', async () => {
      const doomed = job('doomed');
      let fails = true;
      await runner.start([processor(async (data) => {
        await record(data);
        if (fails) throw new Error('the disk is on fire');
      })]);
      await runner.add(doomed);
      await until(async () => (await runner.failed(10)).some(({ id }) => id === doomed.id));
      expect((await runner.failed(10))[0]).toEqual({ ...doomed, reason: 'the disk is on fire', attempts: 3 });
      expect(seen).toEqual(['doomed', 'doomed', 'doomed']);
      fails = false;
      await runner.add(doomed, { failedToo: false });
      expect((await runner.failed(10)).map(({ id }) => id)).toEqual([doomed.id]);
      await runner.add(doomed);
      await until(async () => seen.length === 4 && (await runner.failed(10)).length === 0);
    });

    it.each([['none', ''], ['a colon', 'a:b'], ['only digits', '12'], ['a blank', 'a b'], ['a letter beyond ASCII', 'ä'], ['a slash', '../x'], ['201 characters', 'x'.repeat(201)]])('refuses %s as the id of a job', async (_, id) => {
      await expect(runner.add({ ...job('x'), id })).rejects.toThrow(BadJobId);
    });

    it('refuses to start with no processor for a job, or with two', async () => {
      await expect(runner.start([])).rejects.toThrow(ProcessorsAmiss);
      await expect(runner.start([processor(record), processor(record)])).rejects.toThrow(ProcessorsAmiss);
    });

    it('waits at its stop for what runs, and takes nothing more', async () => {
      const { promise: opened, resolve: open } = Promise.withResolvers<void>();
      let ended = 0;
      await runner.start([processor(async (data) => {
        await record(data);
        await opened;
        ended += 1;
      })]);
      const names = ['1', '2', '3', '4', '5', '6'];
      for (const each of names) await runner.add(job(each));
      await until(() => seen.length === 4);
      const stopped = runner.stop(10_000);
      open();
      await stopped;
      expect({ started: seen.length, ended }).toEqual({ started: 4, ended: 4 });
    });

    it('aborts what still runs after the grace time', async () => {
      await runner.start([processor(async (data, signal) => {
        if (data.imageId !== 'endless') return;
        await record(data);
        await untilAborted(signal).finally(() => seen.push('aborted'));
      })]);
      await runner.add(job('endless'));
      await until(() => seen.length === 1);
      await runner.stop(10);
      expect(seen).toEqual(['endless', 'aborted']);
    });

    it('stops although a job does not mind its signal', async () => {
      const { promise: opened, resolve: open } = Promise.withResolvers<void>();
      await runner.start([processor(async (data) => {
        if (data.imageId !== 'deaf') return;
        await record(data);
        await opened;
        await record({ ...data, imageId: 'ended' });
      })]);
      await runner.add(job('deaf'));
      await until(() => seen.length === 1);
      await runner.stop(10);
      expect(seen).toEqual(['deaf']);
      open();
      await until(() => seen.includes('ended'));
    });
  });
}
