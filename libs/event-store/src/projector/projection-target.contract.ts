import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { CONTEXT, counterDecider, type CounterState } from '../counter.fixture.js';
import { Deciders } from '../deciders.js';
import { seal } from '../envelope.js';
import { EMPTY_STREAM, type EventStore, type StreamHead } from '../event-store.js';
import type { InlineProjection } from '../projection.js';
import type { ProjectionTarget } from './projection-target.js';
import { Projector } from './projector.js';

/** A target with two kinds of writes: a row for each stream, and a sum over streams. */
export interface TargetUnderTest<Write> {
  readonly target: ProjectionTarget<Write>;
  /** Does nothing where the row stands at this revision or a later one. */
  put(stream: string, revision: number, value: number): readonly Write[];
  add(group: string, by: number): readonly Write[];
  /** A write that fails; absent where none can. */
  readonly failing?: Write;
  values(): Promise<Readonly<Record<string, number>>>;
  sums(): Promise<Readonly<Record<string, number>>>;
  clear(): Promise<void>;
  close(): Promise<void>;
}

/** Of each step: which of the streams, by how much; unknown: an event that this process does not know. */
const STEPS = fc.array(fc.record({ stream: fc.nat(5), by: fc.integer({ min: -9, max: 9 }), unknown: fc.nat(9).map((n) => n === 0) }), { maxLength: 40 });

export function projectionTargetContract<Write>(name: string, create: () => Promise<TargetUnderTest<Write>>, emptyStore: () => EventStore<never>): void {
  describe(`the projection target, ${name}`, () => {
    let under: TargetUnderTest<Write>;
    beforeAll(async () => void (under = await create()));
    beforeEach(() => under.clear());
    afterAll(() => under.close());

    it('knows no checkpoint before the first writes, and then the one they moved it to', async () => {
      expect(await under.target.checkpoint('a')).toBeUndefined();
      expect(await under.target.apply('a', 0n, 7n, [...under.put('s', 0, 5), ...under.add('g', 5)])).toBe(true);
      expect([await under.target.checkpoint('a'), await under.target.checkpoint('b')]).toEqual([7n, undefined]);
      expect([await under.values(), await under.sums()]).toEqual([{ s: 5 }, { g: 5 }]);
    });

    it('does nothing where the checkpoint is not where the writes go on from', async () => {
      await under.target.apply('a', 0n, 7n, under.add('g', 1));
      for (const from of [0n, 6n, 8n]) expect(await under.target.apply('a', from, 9n, under.add('g', 1))).toBe(false);
      expect(await under.target.apply('b', 3n, 9n, under.add('g', 1))).toBe(false);
      expect([await under.target.checkpoint('a'), await under.target.checkpoint('b'), await under.sums()]).toEqual([7n, undefined, { g: 1 }]);
    });

    it('makes the writes of one of many at once', async () => {
      for (const [from, to] of [[0n, 1n], [1n, 2n]] as const) {
        const done = await Promise.all(Array.from({ length: 6 }, () => under.target.apply('a', from, to, under.add('g', 1))));
        expect(done.filter(Boolean)).toHaveLength(1);
      }
      expect(await under.sums()).toEqual({ g: 2 });
    });

    it('makes writes in their order, thousands of them, whatever characters are in them', async () => {
      const strange = `'"\\{},$1;\n\u2028NULL é😀`;
      const writes = Array.from({ length: 3_000 }, (_, i) => [...under.put(`s${i % 50}`, i, i), ...under.add(strange, 1)]).flat();
      await under.target.apply('a', 0n, 1n, [...writes, ...under.put('s0', 5, -1)]);
      expect([(await under.values())['s0'], await under.sums()]).toEqual([2950, { [strange]: 3_000 }]);
    });

    it('makes all writes or none', async () => {
      if (under.failing === undefined) return;
      await expect(under.target.apply('a', 0n, 1n, [...under.put('s', 0, 1), under.failing, ...under.add('g', 1)])).rejects.toThrow();
      expect([await under.target.checkpoint('a'), await under.values(), await under.sums()]).toEqual([undefined, {}, {}]);
      expect(await under.target.apply('a', 0n, 1n, under.put('s', 0, 1))).toBe(true);
    });

    describe('with a projector', () => {
      const projections = (): InlineProjection<CounterState, Write>[] => [
        { name: 'values', streamPrefix: 'counter-', write: ({ stream, revision, after }) => under.put(stream, revision, after.value) },
        { name: 'sums', streamPrefix: 'counter-', write: ({ stream, before, after }) => (before.value === after.value ? [] : under.add(groupOf(stream), after.value - before.value)) },
      ];
      const projector = (store: EventStore<never>, page: number, states: number) =>
        new Projector({ store, deciders: new Deciders([counterDecider]), projections: projections() as InlineProjection<unknown, Write>[], target: under.target, name: 'p', page, states });
      const rows = async () => ({ values: await under.values(), sums: Object.fromEntries(Object.entries(await under.sums()).filter(([, sum]) => sum !== 0)) });

      it('has the rows that appends would have written, in pages of any size, with any number of states kept', async () => {
        await fc.assert(fc.asyncProperty(STEPS, fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 8 }), fc.nat(40), async (steps, page, states, first) => {
          await under.clear();
          const log = new CounterLog(emptyStore());
          for (const step of steps.slice(0, first)) await log.append(step);
          const one = projector(log.store, page, states);
          await one.catchUp();
          for (const step of steps.slice(first)) await log.append(step);
          await one.catchUp();
          expect(await rows()).toEqual(log.rows());
        }), { numRuns: 30 });
      }, 60_000);

      it('counts nothing twice with several of them at once, nor when the answer to a write is lost', async () => {
        const log = new CounterLog(emptyStore());
        for (let i = 0; i < 120; i++) await log.append({ stream: i % 7, by: i, unknown: false });
        const many = [3, 5, 8].map((page) => projector(log.store, page, 4));
        await Promise.all(many.map((one) => one.catchUp()));
        for (let i = 0; i < 30; i++) await log.append({ stream: i % 7, by: 1, unknown: false });
        let lost = 2;
        const deaf: ProjectionTarget<Write> = {
          checkpoint: (of) => under.target.checkpoint(of),
          async apply(...of) {
            const done = await under.target.apply(...of);
            if (lost-- > 0) throw new Error('the answer is lost');
            return done;
          },
        };
        const unlucky = new Projector({ store: log.store, deciders: new Deciders([counterDecider]), projections: projections() as InlineProjection<unknown, Write>[], target: deaf, name: 'p', page: 4 });
        for (let tries = 0; tries < 3; tries++) await unlucky.catchUp().catch(() => undefined);
        expect(await rows()).toEqual(log.rows());
      }, 60_000);
    });
  });
}

const groupOf = (stream: string): string => `group ${Number(stream.slice(-1)) % 2}`;

/** A log of counters, and what is to be read of it. */
class CounterLog {
  private readonly heads = new Map<string, StreamHead>();
  private readonly expected = new Map<string, number>();

  constructor(readonly store: EventStore<never>) {}

  async append({ stream: number, by, unknown }: { readonly stream: number; readonly by: number; readonly unknown: boolean }): Promise<void> {
    const stream = `counter-${number}`;
    const event = seal({ type: 'CounterMoved', data: { by } }, {
      id: randomUUID(), stream, v: unknown ? 9 : 1, at: '2026-01-01T00:00:00.000Z', hlc: '0000000000010000', site: 'here', actor: CONTEXT.actor,
      requestId: null, causationId: null, correlationId: null, creation: null,
    });
    this.heads.set(stream, await this.store.append(stream, this.heads.get(stream) ?? EMPTY_STREAM, [event]));
    this.expected.set(stream, (this.expected.get(stream) ?? 0) + (unknown ? 0 : by));
  }

  rows(): { readonly values: Readonly<Record<string, number>>; readonly sums: Readonly<Record<string, number>> } {
    const sums: Record<string, number> = {};
    for (const [stream, value] of this.expected) sums[groupOf(stream)] = (sums[groupOf(stream)] ?? 0) + value;
    return { values: Object.fromEntries(this.expected), sums: Object.fromEntries(Object.entries(sums).filter(([, sum]) => sum !== 0)) };
  }
}
