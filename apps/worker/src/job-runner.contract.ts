import { setTimeout as sleep } from 'node:timers/promises';
import { BadJobId, BadNodeName, ProcessorsAmiss } from './jobs.errors.js';
import { jobId, type Job, type JobRunner, type Processor, type RetryPolicy, type Schedule } from './job-runner.js';
import { JOB_NAMES, type DeleteImageData } from './queues.js';

export const QUICK_RETRIES: RetryPolicy = { attempts: 3, firstDelayMs: 50, maxDelayMs: 100 };
/** Of a test on a machine that has much else to do. */
export const PATIENCE_MS = 60_000;

export interface RunnersUnderTest {
  /** A runner over one and the same place, its retries QUICK_RETRIES. */
  open(nodes?: readonly string[]): Promise<JobRunner>;
  close(): Promise<void>;
}

let made = 0;
export const job = (imageId: string, id = jobId(`0190-${process.pid}-${made++}`, 'delete-data-when-given-up')): Job & { readonly data: DeleteImageData } =>
  ({ name: 'delete-image-data', id, data: { imageId, causationId: 'c', correlationId: null } });

/** All that a runner wants; those of other jobs do nothing. */
export const processors = (process: (data: DeleteImageData, signal: AbortSignal) => Promise<void>): Processor[] =>
  JOB_NAMES.map((name) => (name === 'delete-image-data' ? { name, process } : { name, process: async () => undefined }) as Processor);

export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 1_600; tries += 1) {
    if (await condition()) return;
    await sleep(25);
  }
  throw new Error('it did not become true within 40 s');
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
    /** A test that stops in the middle of a job leaves it: what later tests count, they count by its name. */
    const runsOf = (imageId: string) => seen.filter((each) => each === imageId).length;
    const test = (title: string, act: () => Promise<void>) => it(title, act, PATIENCE_MS);

    beforeAll(async () => {
      place = await create();
    }, PATIENCE_MS);
    afterAll(() => place.close(), PATIENCE_MS);
    beforeEach(async () => {
      seen = [];
      runner = await place.open(['here']);
    }, PATIENCE_MS);
    // What a test waited for has to be written down as done, too.
    afterEach(() => runner.stop(10_000), PATIENCE_MS);

    test('runs a job with the data that was added', async () => {
      const received: DeleteImageData[] = [];
      await runner.start(processors(async (data) => void received.push(data)));
      await runner.add(job('a'));
      await until(() => received.length === 1);
      expect(received).toEqual([{ imageId: 'a', causationId: 'c', correlationId: null }]);
    });

    test('runs what was added before its start', async () => {
      await runner.add(job('early'));
      await runner.start(processors(record));
      await until(() => seen.includes('early'));
    });

    test('ignores a job whose id waits or runs', async () => {
      const { promise: opened, resolve: open } = Promise.withResolvers<void>();
      const twice = job('twice');
      await runner.add(twice);
      await runner.add(twice);
      await runner.start(processors(async (data) => {
        await record(data);
        await opened;
      }));
      await until(() => seen.length > 0);
      await runner.add(twice);
      open();
      await runner.add(job('after'));
      await until(() => seen.includes('after'));
      expect(seen).toEqual(['twice', 'after']);
    });

    test('runs a job of an id that was done before', async () => {
      const again = job('again');
      await runner.start(processors(record));
      await runner.add(again);
      await until(() => seen.length === 1);
      await until(async () => {
        await runner.add(again);
        return seen.length >= 2;
      });
    });

    test('tries a job that fails again until it ends well, and keeps no failure', async () => {
      const flaky = job('flaky');
      await runner.start(processors(async (data) => {
        await record(data);
        if (runsOf('flaky') < 3) throw new Error('not yet');
      }));
      await runner.add(flaky);
      await until(() => runsOf('flaky') === 3);
      expect((await runner.failed(10)).filter((failed) => failed.id === flaky.id)).toEqual([]);
    });

    test('keeps a job that failed for good to be looked at, and starts it anew when it is added again', async () => {
      const doomed = job('doomed');
      let fails = true;
      await runner.start(processors(async (data) => {
        await record(data);
        if (fails) throw new Error('the disk is on fire');
      }));
      await runner.add(doomed);
      await until(async () => (await runner.failed(10)).some(({ id }) => id === doomed.id));
      expect((await runner.failed(10))[0]).toEqual({ ...doomed, reason: 'the disk is on fire', attempts: 3 });
      expect(runsOf('doomed')).toBe(3);
      fails = false;
      await runner.add(doomed, { failedToo: false });
      expect((await runner.failed(10)).map(({ id }) => id)).toEqual([doomed.id]);
      await runner.add(doomed);
      await until(async () => runsOf('doomed') === 4 && (await runner.failed(10)).length === 0);
    });

    test('starts a job anew that failed for good, and no other, when it is asked to', async () => {
      const broken = job('broken');
      let fails = true;
      await runner.start(processors(async (data) => {
        await record(data);
        if (fails && data.imageId === 'broken') throw new Error('no');
      }));
      await runner.add(broken);
      await until(async () => (await runner.failed(10)).length === 1);
      fails = false;
      expect([await runner.retry('nothing.of-that-name'), await runner.retry(broken.id)]).toEqual([false, true]);
      await until(async () => runsOf('broken') === 4 && (await runner.failed(10)).length === 0);
      expect(await runner.retry(broken.id)).toBe(false);
    });

    test('shows what is kept, by queue and state', async () => {
      const shown = [job('shown'), { ...job('elsewhere'), node: 'there' }];
      const before = await runner.counts();
      for (const each of shown) await runner.add(each);
      const { waiting = 0 } = before.find(({ queue }) => queue === 'data') ?? {};
      expect(await runner.counts()).toEqual(expect.arrayContaining([
        expect.objectContaining({ queue: 'data', waiting: waiting + 1 }),
        { queue: 'node.there', waiting: 1, running: 0, later: 0, failed: 0 },
      ]));
      const listed = (await runner.list(['waiting'], 100)).filter(({ id }) => shown.some((each) => each.id === id));
      expect(listed).toEqual(shown.map(({ name: jobName, id, data }, i) =>
        ({ queue: i === 0 ? 'data' : 'node.there', name: jobName, id, data, state: 'waiting', attempts: 0, addedAt: expect.any(Date) })));
      expect((await runner.list(['waiting'], 1)).filter(({ queue }) => queue === 'data')).toHaveLength(1);
      expect(await runner.list(['running', 'failed'], 100)).toEqual([]);
      await runner.start(processors(record));
      await until(() => seen.includes('shown'));
    });

    test('runs a job that is bound to a node of its own, and leaves one of another node waiting', async () => {
      await runner.start(processors(record));
      const waiting = async () => (await runner.counts()).find(({ queue }) => queue === 'node.far')?.waiting;
      await runner.add({ ...job('far'), node: 'far' });
      await runner.add({ ...job('near'), node: 'here' });
      await runner.add(job('anywhere'));
      await until(() => seen.includes('near') && seen.includes('anywhere'));
      expect([runsOf('far'), await waiting()]).toEqual([0, 1]);
    });

    const schedule = (imageId: string, everyMs: number, more: object = {}): Schedule => ({ name: `look-at-${imageId}`, everyMs, job: 'delete-image-data', data: job(imageId).data, ...more }) as Schedule;

    test('repeats what is scheduled, also at a node, until it is not scheduled any more', async () => {
      await runner.start(processors(record));
      await runner.repeat([schedule('often', 100), schedule('often-here', 100, { node: 'here' })]);
      await until(() => runsOf('often') >= 3 && runsOf('often-here') >= 3);
      await runner.repeat([schedule('often-here', 100, { node: 'here' })]);
      const before = runsOf('often-here');
      await until(() => runsOf('often-here') > before + 2);
      // One may have been on its way.
      const last = runsOf('often');
      await until(() => runsOf('often-here') > before + 6);
      await runner.repeat([]);
      expect(runsOf('often') - last).toBeLessThanOrEqual(1);
      await until(async () => (await runner.counts()).every(({ later, waiting, running, queue }) => queue !== 'node.here' || later + waiting + running === 0));
    });

    test('repeats a schedule once, however often it is said', async () => {
      await runner.start(processors(record));
      for (let times = 0; times < 3; times += 1) await runner.repeat([schedule('rarely', 3_600_000, { node: 'here' })]);
      await until(async () => runsOf('rarely') === 1 && (await runner.counts()).find(({ queue }) => queue === 'node.here')?.running === 0);
      expect((await runner.counts()).find(({ queue }) => queue === 'node.here')).toMatchObject({ waiting: 0, later: 1 });
      await runner.repeat([]);
      expect(runsOf('rarely')).toBe(1);
    });

    test('goes on with a schedule after a run that failed, which it does not keep', async () => {
      await runner.start(processors(async (data) => {
        await record(data);
        if (data.imageId === 'sick' && runsOf('sick') === 1) throw new Error('not today');
      }));
      await runner.repeat([schedule('sick', 100)]);
      await until(() => runsOf('sick') >= 3);
      await runner.repeat([]);
      expect(await runner.failed(10)).toEqual([]);
    });

    it.each([['none', ''], ['a colon', 'a:b'], ['only digits', '12'], ['a blank', 'a b'], ['a letter beyond ASCII', 'ä'], ['a slash', '../x'], ['201 characters', 'x'.repeat(201)]])('refuses %s as the id of a job', async (_, id) => {
      await expect(runner.add({ ...job('x'), id })).rejects.toThrow(BadJobId);
    }, PATIENCE_MS);

    it.each([['none', ''], ['a colon', 'a:b'], ['a line', 'a\nb'], ['101 characters', 'x'.repeat(101)]])('refuses %s as the name of a node', async (_, node) => {
      await expect(runner.add({ ...job('x'), node })).rejects.toThrow(BadNodeName);
    }, PATIENCE_MS);

    test('refuses to start with no processor for a job, or with two', async () => {
      await expect(runner.start([])).rejects.toThrow(ProcessorsAmiss);
      await expect(runner.start([...processors(record), ...processors(record)])).rejects.toThrow(ProcessorsAmiss);
    });

    test('waits at its stop for what runs, and takes nothing more', async () => {
      const { promise: opened, resolve: open } = Promise.withResolvers<void>();
      let ended = 0;
      await runner.start(processors(async (data) => {
        await record(data);
        await opened;
        ended += 1;
      }));
      const names = ['1', '2', '3', '4', '5', '6'];
      for (const each of names) await runner.add(job(each));
      await until(() => seen.length === 4);
      const stopped = runner.stop(PATIENCE_MS);
      open();
      await stopped;
      expect({ started: seen.length, ended }).toEqual({ started: 4, ended: 4 });
    });

    test('aborts what still runs after the grace time', async () => {
      await runner.start(processors(async (data, signal) => {
        if (data.imageId !== 'endless') return;
        await record(data);
        await untilAborted(signal).finally(() => seen.push('aborted'));
      }));
      await runner.add(job('endless'));
      await until(() => seen.length === 1);
      await runner.stop(10);
      await until(() => seen.length === 2);
      expect(seen).toEqual(['endless', 'aborted']);
    });

    test('stops although a job does not mind its signal', async () => {
      const { promise: opened, resolve: open } = Promise.withResolvers<void>();
      await runner.start(processors(async (data) => {
        if (data.imageId !== 'deaf') return;
        await record(data);
        await opened;
        await record({ ...data, imageId: 'ended' });
      }));
      await runner.add(job('deaf'));
      await until(() => seen.length === 1);
      await runner.stop(10);
      expect(seen).toEqual(['deaf']);
      open();
      await until(() => seen.includes('ended'));
    });
  });
}
