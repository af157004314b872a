import { CommandBus } from '@nestjs/cqrs';
import { Test, type TestingModule } from '@nestjs/testing';
import { createMemoryCheckpoints } from '../adapters/memory/memory.checkpoints.js';
import { createMemoryClaims } from '../adapters/memory/memory.claims.js';
import { createMemoryEventStore } from '../adapters/memory/memory.event-store.js';
import { createMemoryProjectionTarget } from '../adapters/memory/memory.projection-target.js';
import type { Admission } from '../admission.js';
import { counterDecider, type CounterState, MoveCounter, OpenCounter } from '../counter.fixture.js';
import { EventStoreModule } from '../event-store.module.js';
import { Followers } from '../followers.js';
import type { InlineProjection, MemoryWrite } from '../projection.js';
import { READ_MODEL, ReadModelFollower } from './read-model-follower.js';

const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
};

describe('a read model that follows the log', () => {
  const store = createMemoryEventStore();
  const claims = createMemoryClaims();
  const target = createMemoryProjectionTarget();
  const checkpoints = createMemoryCheckpoints();
  const rows = new Map<string, number>();
  const settled: string[] = [];
  let written = 0;
  const view: InlineProjection<CounterState, MemoryWrite> = {
    name: 'values', streamPrefix: 'counter-',
    write: ({ stream, after, settles = [] }) => [() => void rows.set(stream, after.value), () => void (written += 1), () => void settled.push(...settles)],
  };
  const admission: Admission = { streamPrefix: 'counter-', admit: async () => ({ holder: 'one', release: async () => undefined }), holdersOf: (events) => events.map(({ meta }) => `of ${meta.id}`) };
  const processes: TestingModule[] = [];
  const start = async (runs: boolean): Promise<TestingModule> => {
    const follows = { projections: [view] as InlineProjection<unknown, unknown>[], target, runs };
    const app = await Test.createTestingModule({ imports: [EventStoreModule.forRoot({ site: 'here', store, claims, checkpoints, deciders: [counterDecider], follows, admission })] }).compile();
    await app.init();
    processes.push(app);
    return app;
  };
  afterAll(() => Promise.all(processes.map((app) => app.close())));

  it('is late for who appends while no process writes it, and the answer says so', async () => {
    const alone = await start(false);
    let late = 0;
    alone.get(ReadModelFollower).onLate(() => (late += 1));
    await alone.get(CommandBus).execute(new OpenCounter('counter-1'));
    expect([late, rows.size]).toEqual([1, 0]);
  });

  it('shows what was appended when the command answers, whichever process writes it', async () => {
    const [one, other] = [await start(true), await start(true)];
    let late = 0;
    for (const app of processes) app.get(ReadModelFollower).onLate(() => (late += 1));
    await one.get(ReadModelFollower).caughtUp();
    for (let i = 1; i <= 20; i++) {
      for (const [n, app] of processes.entries()) {
        await app.get(CommandBus).execute(i === 1 ? new OpenCounter(`counter-1${n}`) : new MoveCounter(`counter-1${n}`, 1));
        expect(rows.get(`counter-1${n}`)).toBe(i - 1);
      }
    }
    expect([late, written, await store.head()]).toEqual([0, 61, 61n]);
    expect(await target.checkpoint(READ_MODEL)).toBe(61n);
    expect(other).toBeDefined();
  });

  it('ends what was held for a change with its booking', async () => {
    const { events } = await (processes[0] as TestingModule).get(CommandBus).execute(new MoveCounter('counter-1', 1));
    expect(settled.slice(-1)).toEqual(events.map(({ meta }) => `of ${meta.id}`));
    expect(settled).toHaveLength(62);
  });

  it('is there before a reactor is told of an event, in a process that does not write it too', async () => {
    const [idle] = processes as [TestingModule];
    const seen: (number | undefined)[] = [];
    idle.get(Followers).react({ name: 'look-when-moved', types: ['CounterMoved'], from: 'now', origin: 'any', react: async ({ meta }) => void seen.push(rows.get(meta.stream)) });
    await until(() => checkpointOf('look-when-moved'));
    for (let i = 0; i < 5; i++) {
      await idle.get(CommandBus).execute(new MoveCounter('counter-10', 1));
      await until(() => seen.length > i);
    }
    expect(seen.map((value, i) => value === 20 + i)).toEqual([true, true, true, true, true]);
  });

  const begun = new Set<string>();
  const checkpointOf = (name: string): boolean => {
    void checkpoints.read(name).then((at) => at !== undefined && begun.add(name));
    return begun.has(name);
  };
});
