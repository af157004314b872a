import { chainOf, GENESIS, verify } from './envelope.js';
import { logContract } from './event-store-log.contract.js';
import { note, streamName } from './event-store.fixture.js';
import { EMPTY_STREAM, type EventStore, type StreamHead } from './event-store.js';

export interface EventStoreUnderTest<Inline> {
  readonly store: EventStore<Inline>;
  /** An inline write that keeps a number under a key. */
  write(key: string, value: number): Inline;
  written(key: string): Promise<number | undefined>;
  close(): Promise<void>;
}

const conflict = expect.objectContaining({ code: 'RevisionConflict' });

/** What every event store must do; `create` makes a new one. A store is spared a case only by its title, with a reason. */
export function eventStoreContract<Inline>(name: string, create: () => Promise<EventStoreUnderTest<Inline>>, waived: Readonly<Record<string, string>> = {}): void {
  const titles = new Set<string>();
  const specify = (title: string, run: () => Promise<void>, ms?: number) => {
    titles.add(title);
    if (waived[title] === undefined) it(title, run, ms);
  };

  describe(`the event store contract, ${name}`, () => {
    let under: EventStoreUnderTest<Inline>;
    let store: EventStore<Inline>;
    beforeAll(async () => {
      under = await create();
      store = under.store;
    });
    afterAll(() => under.close());

    describe('appending', () => {
      specify('answers the new head, whose chain follows from each body', async () => {
        const stream = streamName();
        const events = [note(stream), note(stream)];
        const first = chainOf(GENESIS, events[0]?.body ?? '');
        expect(await store.append(stream, EMPTY_STREAM, events)).toEqual({ revision: 1, chain: chainOf(first, events[1]?.body ?? '') });
      });

      specify('refuses an append of no events', async () => {
        await expect(store.append(streamName(), EMPTY_STREAM, [])).rejects.toThrow(TypeError);
      });

      specify('refuses a revision that others have written, and changes nothing', async () => {
        const stream = streamName();
        const kept = note(stream);
        await store.append(stream, EMPTY_STREAM, [kept]);
        await expect(store.append(stream, EMPTY_STREAM, [note(stream)])).rejects.toEqual(conflict);
        expect((await store.readStream(stream)).map(({ id }) => id)).toEqual([kept.id]);
      });

      specify('refuses an expected revision that the stream has not reached', async () => {
        const stream = streamName();
        const head = await store.append(stream, EMPTY_STREAM, [note(stream), note(stream), note(stream)]);
        await expect(store.append(stream, { ...head, revision: 5 }, [note(stream)])).rejects.toEqual(conflict);
        await expect(store.append(streamName(), { ...head, revision: 0 }, [note(stream)])).rejects.toEqual(conflict);
        expect(await store.readStream(stream)).toHaveLength(3);
      });

      specify('refuses a head whose chain is not the stored one', async () => {
        const stream = streamName();
        const head = await store.append(stream, EMPTY_STREAM, [note(stream)]);
        await expect(store.append(stream, { ...head, chain: Buffer.alloc(32, 1) }, [note(stream)])).rejects.toEqual(conflict);
      });

      specify('undoes all events when one is refused', async () => {
        const stream = streamName();
        const [first, second] = [note(stream), note(stream)];
        await store.append(stream, EMPTY_STREAM, [first]);
        await expect(store.append(stream, EMPTY_STREAM, [note(stream), second, note(stream)])).rejects.toEqual(conflict);
        expect((await store.readStream(stream)).map(({ id }) => id)).toEqual([first.id]);
      });

      specify('undoes all events and inline writes when one is refused', async () => {
        const stream = streamName();
        const head = await store.append(stream, EMPTY_STREAM, [note(stream)]);
        await expect(store.append(stream, EMPTY_STREAM, [note(stream), note(stream)], [under.write(stream, 1)])).rejects.toEqual(conflict);
        await expect(store.append(stream, { ...head, revision: 7 }, [note(stream)], [under.write(stream, 2)])).rejects.toEqual(conflict);
        expect(await under.written(stream)).toBeUndefined();
        expect(await store.readStream(stream)).toHaveLength(1);
      });

      specify('makes all inline writes with the events', async () => {
        const [stream, other] = [streamName(), streamName()];
        await store.append(stream, EMPTY_STREAM, [note(stream)], [under.write(stream, 7), under.write(other, 8)]);
        expect([await under.written(stream), await under.written(other)]).toEqual([7, 8]);
      });

      specify('answers a repeated append of the same events as done, also when others have followed', async () => {
        const stream = streamName();
        const events = [note(stream), note(stream)];
        const head = await store.append(stream, EMPTY_STREAM, events);
        expect(await store.append(stream, EMPTY_STREAM, events)).toEqual(head);
        const later = [note(stream)];
        const end = await store.append(stream, head, later);
        expect(await store.append(stream, EMPTY_STREAM, events)).toEqual(head);
        expect(await store.append(stream, head, later)).toEqual(end);
        expect(await store.readStream(stream)).toHaveLength(3);
      });

      specify('refuses a repeated append that differs in one event', async () => {
        const stream = streamName();
        const [first, second] = [note(stream), note(stream)];
        await store.append(stream, EMPTY_STREAM, [first, second]);
        await expect(store.append(stream, EMPTY_STREAM, [first, note(stream)])).rejects.toEqual(conflict);
        await expect(store.append(stream, EMPTY_STREAM, [first, second, note(stream)])).rejects.toEqual(conflict);
      });

      specify('refuses an event that stands elsewhere, as a mistake and not as a lost race', async () => {
        const [stream, other] = [streamName(), streamName()];
        const event = note(stream);
        await store.append(stream, EMPTY_STREAM, [event]);
        await expect(store.append(other, EMPTY_STREAM, [event])).rejects.toThrow(TypeError);
      });

      specify('lets exactly one of many concurrent appends to one stream win', async () => {
        const stream = streamName();
        let head = await store.append(stream, EMPTY_STREAM, [note(stream)]);
        for (let round = 1; round <= 5; round++) {
          const tries = await Promise.allSettled(Array.from({ length: 12 }, () => store.append(stream, head, [note(stream)])));
          const won = tries.filter((result): result is PromiseFulfilledResult<StreamHead> => result.status === 'fulfilled');
          const lost = tries.filter((result): result is PromiseRejectedResult => result.status === 'rejected');
          expect(lost.map(({ reason }) => reason as unknown)).toEqual(Array(11).fill(conflict));
          head = won[0]?.value ?? head;
          expect(head.revision).toBe(round);
        }
      });

      specify('keeps an event of 1 MiB, whatever characters it has, to the byte', async () => {
        const stream = streamName();
        const event = note(stream, { text: 'é"\\\n\u0000{}'.repeat(150_000), quote: '{"a",NULL}' });
        await store.append(stream, EMPTY_STREAM, [event]);
        const [stored] = await store.readStream(stream);
        expect(stored?.data === event.data && stored?.body === event.body && stored?.salt.equals(event.salt)).toBe(true);
      });

      specify('keeps an event of 4 MiB, and four of 1 MiB that are appended at once', async () => {
        const stream = streamName();
        const large = (mebibytes: number) => note(stream, { text: 'x'.repeat(mebibytes * 1_048_576) });
        const events = [large(4), large(1), large(1), large(1), large(1)];
        const head = await store.append(stream, EMPTY_STREAM, events.slice(0, 1));
        await store.append(stream, head, events.slice(1));
        const found = await store.readStream(stream);
        expect(found.map(({ data }, i) => data === events[i]?.data)).toEqual(Array(5).fill(true));
      });
    });

    describe('reading a stream', () => {
      const stream = streamName();
      const ids: string[] = [];
      const revisions = async (options: Parameters<EventStore['readStream']>[1]) => (await store.readStream(stream, options)).map(({ revision }) => revision);
      beforeAll(async () => {
        const events = Array.from({ length: 5 }, (_, i) => note(stream, { i }));
        ids.push(...events.map(({ id }) => id));
        const head = await store.append(stream, EMPTY_STREAM, events.slice(0, 2));
        await store.append(stream, head, events.slice(2));
      });

      specify('answers its events as they were sealed, in the order they were appended', async () => {
        const found = await store.readStream(stream);
        expect(found.map(({ id }) => id)).toEqual(ids);
        expect(found.map((event) => verify(event).stream)).toEqual(Array(5).fill(stream));
        for (const [i, event] of found.entries()) expect(event.chain).toEqual(chainOf(found[i - 1]?.chain ?? GENESIS, event.body));
        expect(found.every(({ recordedAt }) => Math.abs(recordedAt.getTime() - Date.now()) < 600_000)).toBe(true);
      });

      specify('answers nothing for a stream that has no event', async () => {
        expect(await store.readStream(streamName())).toEqual([]);
      });

      it.each([
        [{ from: 3 }, [3, 4]],
        [{ from: 1, limit: 2 }, [1, 2]],
        [{ limit: 1 }, [0]],
        [{ from: 9 }, []],
        [{ direction: 'backward' as const }, [4, 3, 2, 1, 0]],
        [{ direction: 'backward' as const, limit: 2 }, [4, 3]],
        [{ direction: 'backward' as const, from: 1 }, [1, 0]],
        [{ direction: 'backward' as const, from: 9, limit: 1 }, [4]],
      ])('with %j answers revisions %j', async (options, expected) => {
        expect(await revisions(options)).toEqual(expected);
      });
    });

    describe('the log', () => logContract(specify, () => store));
  });

  const unknown = Object.keys(waived).filter((title) => !titles.has(title));
  if (unknown.length > 0) throw new Error(`There are no such cases: ${unknown.join(', ')}`);
}
