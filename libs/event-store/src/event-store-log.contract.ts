import { randomUUID } from 'node:crypto';
import { GENESIS, link } from './envelope.js';
import { appended, logged, note, pause, readAll, streamName } from './event-store.fixture.js';
import { EMPTY_STREAM, type EventStore, type ReadLog } from './event-store.js';
import type { SealedEvent } from './event.js';

export type Specify = (title: string, run: () => Promise<void>, ms?: number) => void;

/** The part of the event store contract that is about the whole log. */
export function logContract(specify: Specify, store: () => EventStore<never>): void {
  specify('gives dense positions from 1 and a head that follows from every chain', async () => {
    const stream = streamName();
    const events = [note(stream), note(stream)];
    await store().append(stream, EMPTY_STREAM, events);
    await logged(store(), events);
    let [position, head]: [bigint, Buffer] = [0n, GENESIS];
    for (const event of await readAll(store())) {
      [position, head] = [position + 1n, link(head, event.chain)];
      expect({ position: event.position, head: event.head }).toEqual({ position, head });
    }
    expect(await store().head()).toBe(position);
  });

  specify('knows the position of every event of a stream once it is in the log, and of no other', async () => {
    const stream = streamName();
    const [one, two] = [[note(stream), note(stream)], [note(stream)]];
    await store().append(stream, await store().append(stream, EMPTY_STREAM, one), two);
    const found = await logged(store(), [...one, ...two]);
    for (const { revision, position } of found) expect(await store().positionOf(stream, revision)).toBe(position);
    expect([await store().positionOf(stream, 3), await store().positionOf(streamName(), 0)]).toEqual([undefined, undefined]);
  });

  specify('keeps the order of each stream, and gives every event of concurrent appends exactly one place', async () => {
    const streams = Array.from({ length: 8 }, () => streamName());
    const all = await Promise.all(streams.map(async (stream) => {
      const mine: SealedEvent[] = [];
      let head = EMPTY_STREAM;
      for (let i = 0; i < 10; i++) {
        const events = [note(stream), note(stream)];
        head = await store().append(stream, head, events);
        mine.push(...events);
      }
      return mine;
    }));
    const found = await logged(store(), all.flat());
    for (const [i, stream] of streams.entries()) {
      expect(found.filter((event) => event.stream === stream).map(({ id }) => id)).toEqual(all[i]?.map(({ id }) => id));
    }
  });

  specify('skips none and repeats none for a reader that follows while others append', async () => {
    const family = streamName('followed');
    const appending = Promise.all(Array.from({ length: 6 }, async () => {
      const stream = streamName(family);
      let head = EMPTY_STREAM;
      for (let i = 0; i < 15; i++) head = await store().append(stream, head, [note(stream)]);
    }));
    const seen: string[] = [];
    let after = 0n;
    for (let tries = 0; seen.length < 90 && tries < 1_000; tries++) {
      const page = await store().readLog({ after, limit: 7, filter: { streams: [family] } });
      seen.push(...page.events.map(({ stream, revision }) => `${stream} ${revision}`));
      after = page.reached;
      if (page.events.length === 0) await pause(5);
    }
    await appending;
    expect(new Set(seen).size).toBe(90);
    expect(seen).toHaveLength(90);
  });

  specify('skips none for a reader that starts in the middle, is slower than the writers and sees only some types', async () => {
    const stream = streamName('slow');
    const first = await store().append(stream, EMPTY_STREAM, [note(stream, {}, 'Kept')]);
    const [start] = await logged(store(), [...(await store().readStream(stream))]);
    const appending = (async () => {
      let head = first;
      for (let i = 1; i <= 60; i++) head = await store().append(stream, head, [note(stream, {}, i % 3 === 0 ? 'Kept' : 'Passed')]);
    })();
    const seen: number[] = [];
    let woken = Promise.withResolvers<void>();
    const unsubscribe = store().onAppended(() => woken.resolve());
    for (let after = start?.position ?? 0n; seen.length < 20; ) {
      const page = await store().readLog({ after, limit: 2, filter: { streams: [stream], types: ['Kept'] } });
      seen.push(...page.events.map(({ revision }) => revision));
      if (page.reached === after) await Promise.race([woken.promise, pause(1_000)]);
      woken = Promise.withResolvers<void>();
      after = page.reached;
      await pause(1);
    }
    unsubscribe();
    await appending;
    expect(seen).toEqual(Array.from({ length: 20 }, (_, i) => (i + 1) * 3));
  });

  specify('filters by type and by stream prefix, and says how far it looked', async () => {
    const [left, a, b] = [streamName('left'), `A${randomUUID()}`, `B${randomUUID()}`];
    const [stream, other] = [streamName(left), streamName('right')];
    const events = [note(stream, {}, a), note(stream, {}, b), note(stream, {}, a)];
    await store().append(stream, EMPTY_STREAM, events);
    await store().append(other, EMPTY_STREAM, [note(other, {}, a)]);
    await logged(store(), events);
    const ids = async (filter: ReadLog['filter']) => (await readAll(store(), { filter })).map(({ id }) => id);
    expect(await ids({ streams: [stream] })).toEqual(events.map(({ id }) => id));
    expect(await ids({ types: [b] })).toEqual([events[1]?.id]);
    expect(await ids({ types: [a, b], streams: [left] })).toEqual(events.map(({ id }) => id));
    expect(await store().readLog({ filter: { types: ['Never'] } })).toEqual({ events: [], reached: await store().head() });
  });

  specify('reads backward from the end and from a position, down to the first', async () => {
    const stream = streamName();
    await logged(store(), [...(await appended(store(), stream, 3))]);
    const forward = await readAll(store());
    expect((await readAll(store(), { direction: 'backward' })).map(({ id }) => id)).toEqual(forward.map(({ id }) => id).toReversed());
    const { events } = await store().readLog({ direction: 'backward', after: forward[2]?.position });
    expect(events.map(({ id }) => id)).toEqual([forward[1]?.id, forward[0]?.id]);
  });

  specify('gives at most so many, and the next after them', async () => {
    const family = streamName('pages');
    const stream = streamName(family);
    const all = await logged(store(), await appended(store(), stream, 7));
    const found: string[] = [];
    for (let after = 0n; found.length < 7; ) {
      const page = await store().readLog({ after, limit: 3, filter: { streams: [family] } });
      expect(page.events.length).toBeLessThanOrEqual(3);
      found.push(...page.events.map(({ id }) => id));
      if (page.reached === after) break;
      after = page.reached;
    }
    expect(found).toEqual(all.map(({ id }) => id));
  });

  specify('stays where it is when a reader is already at the end', async () => {
    const after = await store().head();
    expect(await store().readLog({ after: after + 10n })).toEqual({ events: [], reached: after + 10n });
  });

  specify('calls back after events have reached the log, until unsubscribed', async () => {
    const stream = streamName();
    let calls = 0;
    const heads: Promise<bigint>[] = [];
    const before = await store().head();
    const unsubscribe = store().onAppended(() => {
      calls += 1;
      heads.push(store().head());
    });
    await logged(store(), await appended(store(), stream, 1));
    for (let tries = 0; tries < 200 && !(await Promise.all(heads)).some((head) => head > before); tries++) await pause(10);
    expect((await Promise.all(heads)).some((head) => head > before)).toBe(true);
    unsubscribe();
    const called = calls;
    await logged(store(), await appended(store(), streamName(), 1));
    await pause(50);
    expect(calls).toBe(called);
  });
}
