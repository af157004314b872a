import { CommandBus } from '@nestjs/cqrs';
import { Test, type TestingModule } from '@nestjs/testing';
import { createMemoryCheckpoints } from './adapters/memory/memory.checkpoints.js';
import type { Admission } from './admission.js';
import { createMemoryClaims } from './adapters/memory/memory.claims.js';
import { createMemoryEventStore } from './adapters/memory/memory.event-store.js';
import { HybridClock } from './clock.js';
import { CONTEXT, CounterClosed, counterDecider, type CounterState, CounterTaken, MoveCounter, OpenCounter } from './counter.fixture.js';
import { seal, verify } from './envelope.js';
import { RevisionConflict, UnknownEvent, UpgradeUnfinished } from './event-store.errors.js';
import { EMPTY_STREAM, type EventStore } from './event-store.js';
import { EventStoreModule } from './event-store.module.js';
import type { EventMeta } from './event.js';
import type { InlineProjection, MemoryWrite } from './projection.js';
import { StreamReader } from './stream-reader.js';

const META: EventMeta = {
  id: '019a0000-0000-7000-8000-000000000001', stream: 'counter-1', v: 2, at: '2026-01-01T00:00:00.000Z', hlc: '0000000000010000', site: 'far',
  actor: CONTEXT.actor, requestId: null, causationId: null, correlationId: null, creation: null,
};

describe('the command handler', () => {
  let app: TestingModule;
  let store: EventStore<MemoryWrite>;
  let rows: Map<string, number>;
  let settled: (string | undefined)[];
  const view: InlineProjection<CounterState, MemoryWrite> = {
    name: 'values', streamPrefix: 'counter-',
    write: ({ stream, after, settles }) => [() => void rows.set(stream, after.value), () => void settled.push(settles?.[0])],
  };
  const start = async (wrap: (inner: EventStore<MemoryWrite>) => EventStore<MemoryWrite> = (inner) => inner, clock = new HybridClock(), admission?: Admission<CounterState>, more: { readonly writtenAfter?: Record<string, string>; readonly contracted?: (migration: string) => Promise<boolean> } = {}) => {
    rows = new Map();
    settled = [];
    store = createMemoryEventStore();
    app = await Test.createTestingModule({
      imports: [EventStoreModule.forRoot({
        site: 'here', store: wrap(store), claims: createMemoryClaims(), checkpoints: createMemoryCheckpoints(),
        deciders: [{ ...counterDecider, writtenAfter: more.writtenAfter }], projections: [view], clock, admission: admission as Admission, contracted: more.contracted,
      })],
    }).compile();
    await app.init();
  };
  afterEach(() => app.close());
  const run = (command: OpenCounter | MoveCounter) => app.get(CommandBus).execute(command);
  const load = () => app.get(StreamReader).load<CounterState>('counter-1');

  it('serves subclasses of StreamCommand through one handler and answers state, revision and events', async () => {
    await start();
    await run(new OpenCounter('counter-1'));
    const { state, revision, events } = await run(new MoveCounter('counter-1', 3, 2));
    expect({ value: state.value, revision, types: events.map(({ type }) => type) }).toEqual({ value: 6, revision: 2, types: ['CounterMoved', 'CounterMoved'] });
    expect((await load()).state).toEqual(state);
  });

  it('seals context, site and creation into each event, with successive clock readings', async () => {
    await start();
    const opened = await run(new OpenCounter('counter-1'));
    await run(new MoveCounter('counter-1', 1, 3));
    const metas = (await store.readStream('counter-1')).map(verify);
    expect(metas.slice(1).map(({ creation }) => creation)).toEqual(Array(3).fill(opened.events[0]?.meta.id));
    expect(metas[3]).toMatchObject({ site: 'here', requestId: 'req-1', correlationId: 'req-1', causationId: null, actor: CONTEXT.actor, v: 1 });
    expect(metas.map(({ hlc }) => hlc)).toEqual(metas.map(({ hlc }) => hlc).toSorted());
    expect(new Set(metas.map(({ hlc }) => hlc)).size).toBe(4);
  });

  it('gives what was so before its own time, a place of now in the order, and what is decided with a creation that creation', async () => {
    await start();
    const { state, events } = await run(new OpenCounter('counter-1', { since: META.at, value: 7 }));
    const [opened, moved] = events.map(({ meta }) => meta);
    expect(opened).toMatchObject({ at: META.at, creation: null });
    expect(moved).toMatchObject({ creation: opened?.id });
    expect(moved?.at).not.toBe(META.at);
    expect([opened, moved].every((meta) => (meta?.hlc ?? '') > META.hlc)).toBe(true);
    expect(state.value).toBe(7);
    expect((await load()).state).toEqual(state);
  });

  it('writes the inline projections with the append', async () => {
    await start();
    await run(new OpenCounter('counter-1'));
    await run(new MoveCounter('counter-1', 5));
    expect(rows.get('counter-1')).toBe(5);
  });

  it('appends nothing when nothing needs to change', async () => {
    await start();
    await run(new OpenCounter('counter-1'));
    expect(await run(new MoveCounter('counter-1', 0))).toMatchObject({ revision: 0, events: [] });
    expect(await store.head()).toBe(1n);
  });

  it('refuses what the decider refuses, a second creation included', async () => {
    await start();
    await expect(run(new MoveCounter('counter-1', 1))).rejects.toThrow(CounterClosed);
    await run(new OpenCounter('counter-1'));
    await expect(run(new OpenCounter('counter-1'))).rejects.toThrow(CounterTaken);
  });

  it('loses none of many concurrent commands on one stream, and refuses the 66th at once', async () => {
    await start();
    await run(new OpenCounter('counter-1'));
    const results = await Promise.allSettled(Array.from({ length: 66 }, () => run(new MoveCounter('counter-1', 1))));
    expect(results.map(({ status }) => status)).toEqual([...Array(65).fill('fulfilled'), 'rejected']);
    expect(results[65]).toMatchObject({ reason: { code: 'StreamBusy' } });
    expect((await load()).state.value).toBe(65);
  });

  it('decides again on fresh state when another process was faster', async () => {
    let raced = false;
    await start((inner) => ({ ...proxy(inner), append: async (stream, expected, events, inline) => {
      if (!raced && expected.revision === 0) {
        raced = true;
        await inner.append(stream, expected, [seal({ type: 'CounterMoved', data: { by: 10 } }, { ...META, v: 1, hlc: 'ff00000000000000' })]);
      }
      return inner.append(stream, expected, events, inline);
    } }));
    await run(new OpenCounter('counter-1'));
    const { state, events } = await run(new MoveCounter('counter-1', 1));
    expect(state.value).toBe(11);
    expect(events[0]?.meta.hlc).toBe('ff00000000000001');
  });

  it('gives up with ConcurrentChange after losing for five seconds', async () => {
    let ms = 1_000_000;
    await start((inner) => ({ ...proxy(inner), append: async (stream, expected) => {
      ms += 2_000;
      throw new RevisionConflict(stream, expected.revision);
    } }), new HybridClock(() => ms));
    await expect(run(new OpenCounter('counter-1'))).rejects.toMatchObject({ code: 'ConcurrentChange' });
  });

  it('sends an append again with the same ids when its answer was lost, and it happens once', async () => {
    let lost = 0;
    await start((inner) => ({ ...proxy(inner), append: async (...args) => {
      const head = await inner.append(...args);
      if (lost++ === 0) throw new Error('connection terminated');
      return head;
    } }));
    expect(await run(new OpenCounter('counter-1'))).toMatchObject({ revision: 0 });
    expect(lost).toBe(2);
    expect(await store.head()).toBe(1n);
  });

  it('keeps an event of an unknown version out of the fold and refuses commands on its stream', async () => {
    await start();
    const [known, newer] = [seal({ type: 'CounterOpened', data: { start: 4 } }, META), seal({ type: 'CounterMoved', data: { by: 9 } }, { ...META, id: '019a0000-0000-7000-8000-000000000002' })];
    await store.append('counter-1', EMPTY_STREAM, [known, newer]);
    await expect(run(new MoveCounter('counter-1', 1))).rejects.toThrow(UnknownEvent);
    expect(await load()).toMatchObject({ state: { value: 4 }, revision: 1 });
  });

  it('upcasts old events before it folds them', async () => {
    await start();
    await store.append('counter-1', EMPTY_STREAM, [seal({ type: 'CounterOpened', data: { from: 7 } }, { ...META, v: 1 })]);
    expect((await run(new MoveCounter('counter-1', 1))).state.value).toBe(8);
  });

  it('writes a type that older programs do not know only once its contract has been', async () => {
    let contracted = false;
    await start(undefined, undefined, undefined, { writtenAfter: { CounterMoved: '0099-moves.contract' }, contracted: async (migration) => contracted && migration === '0099-moves.contract' });
    await run(new OpenCounter('counter-1'));
    await expect(run(new MoveCounter('counter-1', 3))).rejects.toThrow(UpgradeUnfinished);
    expect(await load()).toMatchObject({ revision: 0 });
    contracted = true;
    expect(await run(new MoveCounter('counter-1', 3))).toMatchObject({ revision: 1 });
  });

  describe('with an admission', () => {
    let asked: string[];
    let released: string[];
    /** Nothing may go beyond 10; what takes nothing needs no hold. */
    const upToTen: Admission<CounterState> = {
      streamPrefix: 'counter-',
      async admit({ before, after }) {
        const holder = `${before.value}+${after.value - before.value}`;
        asked.push(holder);
        if (after.value > 10) throw new CounterTaken('full');
        return after.value > before.value ? { holder, release: async () => void released.push(holder) } : undefined;
      },
      holdersOf: () => [],
    };
    const begin = async (admission = upToTen, wrap?: (inner: EventStore<MemoryWrite>) => EventStore<MemoryWrite>) => {
      [asked, released] = [[], []];
      await start(wrap, new HybridClock(), admission);
      await run(new OpenCounter('counter-1'));
    };

    it('asks what would be appended, and tells the projections what ends with it', async () => {
      await begin();
      await run(new MoveCounter('counter-1', 2, 3));
      await run(new MoveCounter('counter-1', -1));
      expect(asked).toEqual(['0+0', '0+6', '6+-1']);
      expect([settled, released]).toEqual([[undefined, '0+6', undefined], []]);
    });

    it('appends nothing that is refused', async () => {
      await begin();
      await expect(run(new MoveCounter('counter-1', 11))).rejects.toThrow(CounterTaken);
      expect([(await load()).revision, rows.get('counter-1')]).toEqual([0, 0]);
    });

    it('does not ask for streams of another kind, nor where nothing needs to change', async () => {
      await begin({ ...upToTen, streamPrefix: 'other-' });
      await run(new MoveCounter('counter-1', 11));
      expect(asked).toEqual([]);
      await app.close();
      await begin();
      await run(new MoveCounter('counter-1', 0));
      expect(asked).toEqual(['0+0']);
    });

    it('releases what was held for an append that lost, and asks again for what is decided then', async () => {
      let raced = false;
      await begin(upToTen, (inner) => ({ ...proxy(inner), append: async (stream, expected, events, inline) => {
        if (!raced && expected.revision === 0) {
          raced = true;
          await inner.append(stream, expected, [seal({ type: 'CounterMoved', data: { by: 9 } }, { ...META, v: 1 })]);
        }
        return inner.append(stream, expected, events, inline);
      } }));
      await run(new MoveCounter('counter-1', 1));
      expect([asked, released, settled]).toEqual([['0+0', '0+1', '9+1'], ['0+1'], [undefined, '9+1']]);
    });

    it('releases nothing where the end of the append is unknown', async () => {
      await begin(upToTen, (inner) => ({ ...proxy(inner), append: async (stream, expected, ...rest) => {
        if (expected.revision < 0) return inner.append(stream, expected, ...rest);
        throw new Error('connection terminated');
      } }));
      await expect(run(new MoveCounter('counter-1', 1))).rejects.toThrow('connection terminated');
      expect([asked, released]).toEqual([['0+0', '0+1'], []]);
    });
  });
});

/** The methods of a store, bound, so that one of them can be replaced. */
function proxy(inner: EventStore<MemoryWrite>): EventStore<MemoryWrite> {
  return {
    name: inner.name,
    inline: inner.inline,
    densePositions: inner.densePositions,
    append: (...args) => inner.append(...args),
    readStream: (...args) => inner.readStream(...args),
    readLog: (options) => inner.readLog(options),
    head: () => inner.head(),
    positionOf: (...args) => inner.positionOf(...args),
    onAppended: (wake) => inner.onAppended(wake),
    close: () => inner.close(),
  };
}
