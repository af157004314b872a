import { randomUUID } from 'node:crypto';
import type { Checkpoints } from './checkpoints.js';
import type { Claims } from './claims.js';
import { CONTEXT, counterDecider } from './counter.fixture.js';
import { Deciders } from './deciders.js';
import { seal } from './envelope.js';
import { EMPTY_STREAM, type EventStore } from './event-store.js';
import type { RecordedEvent } from './event.js';
import { Followers } from './followers.js';
import type { Reactor } from './reactor.js';

export interface FollowersUnderTest {
  readonly store: EventStore;
  readonly claims: Claims;
  readonly checkpoints: Checkpoints;
  close(): Promise<void>;
}

/** How reactors are run, on the real parts of one kind of store; `create` makes new, empty ones. */
export function followerContract(name: string, create: () => Promise<FollowersUnderTest>): void {
  describe(`followers of the log, ${name}`, () => {
    let under: FollowersUnderTest;
    const processes: Followers[] = [];
    const process = (): Followers => {
      const { store, claims, checkpoints } = under;
      const followers = new Followers({ store, claims, checkpoints, deciders: new Deciders([counterDecider]), site: 'here' });
      processes.push(followers);
      return followers;
    };
    beforeAll(async () => void (under = await create()));
    afterEach(async () => void (await Promise.all(processes.splice(0).map((followers) => followers.stop()))));
    afterAll(() => under.close());

    const move = async (by: number, { site = 'here', type = 'CounterMoved', v = 1 } = {}): Promise<void> => {
      const stream = `counter-${randomUUID()}`;
      await under.store.append(stream, EMPTY_STREAM, [seal({ type, data: { by } }, {
        id: randomUUID(), stream, v, at: '2026-01-01T00:00:00.000Z', hlc: '0000000000010000', site, actor: CONTEXT.actor,
        requestId: null, causationId: null, correlationId: null, creation: null,
      })]);
    };
    const inLog = async (position: bigint) => until(async () => (await under.store.head()) >= position);
    const reactor = (react: (by: number) => void | Promise<void>, more: Partial<Reactor> = {}): Reactor => ({
      name: `count-when-moved-${randomUUID()}`, types: ['CounterMoved'], from: 'now', origin: 'any',
      react: async ({ data }: RecordedEvent) => react('by' in data ? Number(data.by) : NaN), ...more,
    });
    /** Resolves once the reactor has its place in the log. */
    const placed = (name: string) => until(async () => (await under.checkpoints.read(name)) !== undefined);

    it('hands each event on in log order, once, when nothing fails', async () => {
      const seen: number[] = [];
      const counting = reactor((by) => void seen.push(by));
      process().react(counting);
      await placed(counting.name);
      for (let i = 0; i < 20; i++) await move(i);
      await until(() => seen.length === 20);
      expect(seen).toEqual(Array.from({ length: 20 }, (_, i) => i));
    });

    it('starts at the beginning or now, as the reactor says', async () => {
      const before = await under.store.head();
      await move(1001);
      await inLog(before + 1n);
      const [all, fresh]: [number[], number[]] = [[], []];
      const followers = process();
      const late = reactor((by) => void fresh.push(by));
      followers.react(reactor((by) => void all.push(by), { from: 'beginning' }));
      followers.react(late);
      await placed(late.name);
      await move(1002);
      await until(() => all.includes(1002) && fresh.includes(1002));
      expect([all.includes(1001), fresh.includes(1001)]).toEqual([true, false]);
    });

    it('hands on own events only where the reactor says so, and never a type or version it does not know', async () => {
      const seen: number[] = [];
      const counting = reactor((by) => void seen.push(by), { origin: 'own' });
      process().react(counting);
      await placed(counting.name);
      await move(1, { site: 'far' });
      await move(2, { v: 9 });
      await move(3, { type: 'CounterOpened' });
      await move(4);
      await until(() => seen.includes(4));
      expect(seen).toEqual([4]);
    });

    it('hands an event on again when the reactor rejects, before any later one', async () => {
      const seen: number[] = [];
      let failures = 2;
      const counting = reactor((by) => {
        seen.push(by);
        if (by === 1 && failures-- > 0) throw new Error('not yet');
      });
      process().react(counting);
      await placed(counting.name);
      await move(1);
      await move(2);
      await until(() => seen.includes(2));
      expect(seen).toEqual([1, 1, 1, 2]);
    });

    it('finishes the event in hand when stopped, and goes on after it when started again', async () => {
      const seen: number[] = [];
      const gate = Promise.withResolvers<void>();
      const counting = reactor(async (by) => {
        seen.push(by);
        if (by === 1) await gate.promise;
      });
      const followers = process();
      followers.react(counting);
      await placed(counting.name);
      await move(1);
      await move(2);
      await until(() => seen.length === 1);
      const stopped = followers.stop();
      gate.resolve();
      await stopped;
      expect(seen).toEqual([1]);
      process().react(counting);
      await until(() => seen.length === 2);
      expect(seen).toEqual([1, 2]);
    });

    it('runs in one process at a time, and in another once the first has stopped', async () => {
      const seen: string[] = [];
      const counting = reactor(() => undefined);
      const first = process();
      first.react({ ...counting, react: async () => void seen.push('first') });
      await placed(counting.name);
      process().react({ ...counting, react: async () => void seen.push('second') });
      for (let i = 0; i < 5; i++) await move(i);
      await until(() => seen.length === 5);
      await first.stop();
      await move(6);
      await until(() => seen.length === 6);
      expect(seen).toEqual([...Array(5).fill('first'), 'second']);
    });
  });
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('it did not come true within 10 s');
}
