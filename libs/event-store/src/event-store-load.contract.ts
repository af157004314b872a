import { chainOf, GENESIS } from './envelope.js';
import { DatabaseUnavailable } from './event-store.errors.js';
import { note, pause, readAll, streamName } from './event-store.fixture.js';
import { EMPTY_STREAM, type EventStore } from './event-store.js';
import type { LoggedEvent, SealedEvent } from './event.js';

const STREAMS = 100_000;
const AT_ONCE = 32;
const WRITERS = 8;
const EACH = 40;

export interface LoadedStore {
  readonly store: EventStore<never>;
  /** Ends the server as a crash would and starts it again on the same data; absent: there is no server. */
  restart?(): Promise<void>;
  close(): Promise<void>;
}

/** What every event store must bear; `create` makes a new, empty one. */
export function loadContract(name: string, create: () => Promise<LoadedStore>, { restarts = true } = {}): void {
  describe(`an event store under load, ${name}`, () => {
    let under: LoadedStore;
    beforeAll(async () => void (under = await create()), 120_000);
    afterAll(() => under.close());

    if (restarts) {
      it('keeps what it answered, once, and fails only so that one may ask again, while its server is killed and started again', async () => {
        const { store } = under;
        const streams = Array.from({ length: WRITERS }, () => streamName('restarted'));
        const halfway = Promise.withResolvers<void>();
        let done = 0;
        const writing = Promise.all(streams.map(async (stream) => {
          let head = EMPTY_STREAM;
          for (let i = 0; i < EACH; i++) {
            const events = [note(stream), note(stream)];
            head = await untilAnswered(() => store.append(stream, head, events));
            if ((done += 1) === (WRITERS * EACH) / 2) halfway.resolve();
          }
        }));
        const reading = follow(store, WRITERS * EACH * 2);
        await Promise.race([halfway.promise, writing]);
        await under.restart?.();
        await writing;
        const seen = await reading;
        for (const stream of streams) {
          const stored = await store.readStream(stream);
          expect(stored.map(({ revision }) => revision)).toEqual(Array.from({ length: EACH * 2 }, (_, i) => i));
          expect(stored.every(({ body, chain }, i) => chainOf(stored[i - 1]?.chain ?? GENESIS, body).equals(chain))).toBe(true);
          expect(seen.filter((event) => event.stream === stream).map(({ id }) => id)).toEqual(stored.map(({ id }) => id));
        }
      }, 240_000);
    }

    it(`has ${STREAMS} streams in the log once each, and reads any of them`, async () => {
      const { store } = under;
      const names = Array.from({ length: STREAMS }, () => streamName('many'));
      const events = names.map((stream): SealedEvent => note(stream));
      let next = 0;
      await Promise.all(Array.from({ length: AT_ONCE }, async () => {
        for (let i = next++; i < STREAMS; i = next++) await store.append(names[i] ?? '', EMPTY_STREAM, [events[i] ?? note('')]);
      }));
      const found = await follow(store, STREAMS, 'many-');
      expect(new Set(found.map(({ id }) => id))).toEqual(new Set(events.map(({ id }) => id)));
      expect(found).toHaveLength(STREAMS);
      for (let i = 0; i < STREAMS; i += 9_973) expect((await store.readStream(names[i] ?? ''))[0]?.id).toBe(events[i]?.id);
      expect(await readAll(store, { filter: { streams: [names[77_777] ?? ''] }, limit: 5_000 })).toHaveLength(1);
    }, 600_000);
  });
}

/** Every failure but the promised one is the caller's. */
async function untilAnswered<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof DatabaseUnavailable)) throw error;
      await pause(50);
    }
  }
}

/** Goes along the log until it has met so many events of streams with the prefix. */
async function follow(store: EventStore<never>, count: number, prefix = 'restarted-'): Promise<LoggedEvent[]> {
  const seen: LoggedEvent[] = [];
  for (let after = 0n; seen.length < count; ) {
    const page = await untilAnswered(() => store.readLog({ after, limit: 2_000, filter: { streams: [prefix] } }));
    seen.push(...page.events);
    if (page.reached === after) await pause(20);
    after = page.reached;
  }
  return seen;
}
