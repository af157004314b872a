import { RevisionConflict } from '../../event-store.errors.js';
import { eventStoreContract } from '../../event-store.contract.js';
import { pause } from '../../event-store.fixture.js';
import { EMPTY_STREAM, type EventStore, type LogPage, type ReadLog, type ReadStream, type StreamHead } from '../../event-store.js';
import type { StoredEvent } from '../../event.js';
import type { MemoryWrite } from '../../projection.js';
import { breaking, failureOf, recordSuite } from '../../recorded-suite.fixture.js';
import { createMemoryEventStore } from './memory.event-store.js';

type Store = EventStore<MemoryWrite>;
type Append = Store['append'];

const suiteOf = (broken: (store: Store) => Partial<Store>) => recordSuite(() => eventStoreContract('broken', async () => {
  const rows = new Map<string, number>();
  const sound = createMemoryEventStore();
  const store = breaking(sound, broken(sound));
  return { store, write: (key, value) => () => void rows.set(key, value), written: async (key) => rows.get(key), close: () => sound.close() };
}));

const endOf = async (store: Store, stream: string): Promise<StreamHead> => (await store.readStream(stream)).at(-1) ?? EMPTY_STREAM;
const onConflict = (store: Store, instead: (...of: Parameters<Append>) => Promise<StreamHead>) => ({
  append: async (...of: Parameters<Append>) => store.append(...of).catch((error: unknown) => {
    if (error instanceof RevisionConflict) return instead(...of);
    throw error;
  }),
});
const pages = (store: Store, change: (page: LogPage, asked: ReadLog) => LogPage) => ({ readLog: async (asked: ReadLog = {}) => change(await store.readLog(asked), asked) });
const streams = (store: Store, change: (event: StoredEvent) => StoredEvent) => ({
  readStream: async (...of: Parameters<Store['readStream']>) => (await store.readStream(...of)).map(change),
});
const asking = (store: Store, change: (asked: ReadStream) => ReadStream) => ({ readStream: (stream: string, asked: ReadStream = {}) => store.readStream(stream, change(asked)) });

function racing(store: Store): Partial<Store> {
  let running = 0;
  return {
    async append(stream, expected, ...rest) {
      running += 1;
      await pause(0);
      try {
        return await store.append(stream, running > 1 ? await endOf(store, stream) : expected, ...rest);
      } finally {
        running -= 1;
      }
    },
  };
}

/** What is broken, by the case that must find it. */
const BROKEN: readonly [string, string, (store: Store) => Partial<Store>][] = [
  ['appending › answers the new head, whose chain follows from each body', 'answers a chain of nothing', (store) => ({ append: async (...of) => ({ ...(await store.append(...of)), chain: Buffer.alloc(32) }) })],
  ['appending › refuses an append of no events', 'takes an append of nothing', (store) => ({ append: async (stream, expected, events, inline) => (events.length === 0 ? expected : store.append(stream, expected, events, inline)) })],
  ['appending › refuses a revision that others have written, and changes nothing', 'does not look at the expected revision', (store) => ({ append: async (stream, _expected, events, inline) => store.append(stream, await endOf(store, stream), events, inline) })],
  ['appending › refuses an expected revision that the stream has not reached', 'takes any revision beyond the end', (store) => ({
    append: async (stream, expected, ...rest) => {
      const end = await endOf(store, stream);
      return store.append(stream, expected.revision > end.revision ? end : expected, ...rest);
    },
  })],
  ['appending › refuses a head whose chain is not the stored one', 'compares revisions alone', (store) => ({
    append: async (stream, expected, ...rest) => {
      const end = await endOf(store, stream);
      return store.append(stream, expected.revision === end.revision ? end : expected, ...rest);
    },
  })],
  ['appending › undoes all events when one is refused', 'leaves the first event of a refused append', (store) => onConflict(store, async (stream, expected, events) => {
    if (events.length > 1) await store.append(stream, await endOf(store, stream), events.slice(0, 1));
    throw new RevisionConflict(stream, expected.revision);
  })],
  ['appending › undoes all events and inline writes when one is refused', 'leaves the inline writes of a refused append', (store) => onConflict(store, async (stream, expected, _events, inline = []) => {
    for (const write of inline) write();
    throw new RevisionConflict(stream, expected.revision);
  })],
  ['appending › makes all inline writes with the events', 'makes the first inline write alone', (store) => ({ append: (stream, expected, events, inline = []) => store.append(stream, expected, events, inline.slice(0, 1)) })],
  ['appending › answers a repeated append of the same events as done, also when others have followed', 'forgets what was appended', (store) => ({
    append: async (stream, expected, events, inline) => {
      if ((await store.readStream(stream)).some(({ id }) => id === events[0]?.id)) throw new RevisionConflict(stream, expected.revision);
      return store.append(stream, expected, events, inline);
    },
  })],
  ['appending › refuses a repeated append that differs in one event', 'takes a repeated append by its first event', (store) => ({
    append: async (stream, expected, events, inline) => {
      const done = (await store.readStream(stream)).find(({ id }) => id === events[0]?.id);
      return done ?? store.append(stream, expected, events, inline);
    },
  })],
  ['appending › refuses an event that stands elsewhere, as a mistake and not as a lost race', 'calls a mistake a lost race', (store) => ({
    append: (stream, expected, ...rest) => store.append(stream, expected, ...rest).catch(() => {
      throw new RevisionConflict(stream, expected.revision);
    }),
  })],
  ['appending › lets exactly one of many concurrent appends to one stream win', 'lets all of them win', racing],
  ['appending › keeps an event of 1 MiB, whatever characters it has, to the byte', 'loses NUL characters', (store) => streams(store, (event) => ({ ...event, data: event.data?.replaceAll('\\u0000', '') ?? null }))],
  ['appending › keeps an event of 4 MiB, and four of 1 MiB that are appended at once', 'cuts large events', (store) => streams(store, (event) => ({ ...event, data: event.data?.slice(0, 3_000_000) ?? null }))],
  ['reading a stream › answers its events as they were sealed, in the order they were appended', 'loses the salt', (store) => streams(store, (event) => ({ ...event, salt: Buffer.alloc(event.salt.length) }))],
  ['reading a stream › answers its events as they were sealed, in the order they were appended', 'has a chain of its own', (store) => streams(store, (event) => ({ ...event, chain: Buffer.alloc(32) }))],
  ['reading a stream › answers nothing for a stream that has no event', 'fails for a stream without events', (store) => ({
    readStream: async (...of) => {
      const events = await store.readStream(...of);
      if (events.length === 0) throw new Error('no such stream');
      return events;
    },
  })],
  ['reading a stream › with %j answers revisions %j', 'begins after `from`', (store) => asking(store, ({ from, ...asked }) => ({ ...asked, from: from === undefined ? undefined : from + 1 }))],
  ['reading a stream › with %j answers revisions %j', 'has no limit', (store) => asking(store, (asked) => ({ ...asked, limit: undefined }))],
  ['reading a stream › with %j answers revisions %j', 'reads forward alone', (store) => asking(store, (asked) => ({ ...asked, direction: 'forward' }))],
  ['reading a stream › with %j answers revisions %j', 'does not read backward from beyond the end', (store) => ({ readStream: async (stream, asked = {}) => (asked.direction === 'backward' && (asked.from ?? 0) > 8 ? [] : store.readStream(stream, asked)) })],
  ['the log › gives dense positions from 1 and a head that follows from every chain', 'leaves gaps between positions', (store) => pages(store, (page) => ({ ...page, events: page.events.map((event) => ({ ...event, position: event.position * 2n })) }))],
  ['the log › gives dense positions from 1 and a head that follows from every chain', 'does not chain the log', (store) => pages(store, (page) => ({ ...page, events: page.events.map((event) => ({ ...event, head: event.chain })) }))],
  ['the log › gives dense positions from 1 and a head that follows from every chain', 'says that the log ends later', (store) => ({ head: async () => (await store.head()) + 1n })],
  ['the log › knows the position of every event of a stream once it is in the log, and of no other', 'has a position for what is not there', (store) => ({ positionOf: async (...of) => (await store.positionOf(...of)) ?? 0n })],
  ['the log › knows the position of every event of a stream once it is in the log, and of no other', 'answers the position of the last event', (store) => ({ positionOf: async (stream, revision) => ((await store.positionOf(stream, revision)) === undefined ? undefined : store.head()) })],
  ['the log › keeps the order of each stream, and gives every event of concurrent appends exactly one place', 'answers pages backward', (store) => pages(store, (page) => ({ ...page, events: page.events.toReversed() }))],
  ['the log › skips none and repeats none for a reader that follows while others append', 'repeats the last event of a page', (store) => pages(store, ({ events, reached }, { after = 0n }) => ({ events, reached: reached > after + 1n ? reached - 1n : reached }))],
  ['the log › skips none and repeats none for a reader that follows while others append', 'goes past an event that comes late', (store) => pages(store, (page, { limit }) => (limit === 7 && page.events.length > 2 ? { ...page, events: page.events.slice(1) } : page))],
  ['the log › skips none for a reader that starts in the middle, is slower than the writers and sees only some types', 'does not filter by type', (store) => ({ readLog: ({ filter, ...asked } = {}) => store.readLog({ ...asked, filter: { ...filter, types: undefined } }) })],
  ['the log › filters by type and by stream prefix, and says how far it looked', 'takes prefixes for names', (store) => pages(store, (page, { filter }) => ({ ...page, events: page.events.filter(({ stream }) => filter?.streams?.includes(stream) ?? true) }))],
  ['the log › filters by type and by stream prefix, and says how far it looked', 'says that it looked as far as it found', (store) => pages(store, ({ events }, { after = 0n }) => ({ events, reached: events.at(-1)?.position ?? after }))],
  ['the log › filters by type and by stream prefix, and says how far it looked', 'takes one of several types', (store) => ({ readLog: ({ filter, ...asked } = {}) => store.readLog({ ...asked, filter: { ...filter, types: filter?.types?.slice(0, 1) } }) })],
  ['the log › reads backward from the end and from a position, down to the first', 'reads backward from the position itself', (store) => ({ readLog: (asked = {}) => store.readLog(asked.direction === 'backward' && asked.after !== undefined ? { ...asked, after: asked.after + 1n } : asked) })],
  ['the log › reads backward from the end and from a position, down to the first', 'reads forward alone', (store) => ({ readLog: (asked = {}) => store.readLog({ ...asked, direction: 'forward' }) })],
  ['the log › gives at most so many, and the next after them', 'has no limit', (store) => ({ readLog: ({ limit: _limit, ...asked } = {}) => store.readLog(asked) })],
  ['the log › gives at most so many, and the next after them', 'says that a page is the whole log', (store) => ({ readLog: async (asked) => ({ ...(await store.readLog(asked)), reached: await store.head() }) })],
  ['the log › stays where it is when a reader is already at the end', 'goes back to the end', (store) => ({
    readLog: async (asked = {}) => {
      const [page, end] = [await store.readLog(asked), await store.head()];
      return asked.direction !== 'backward' && page.reached > end ? { ...page, reached: end } : page;
    },
  })],
  ['the log › calls back after events have reached the log, until unsubscribed', 'never calls back', () => ({ onAppended: () => () => undefined })],
  ['the log › calls back after events have reached the log, until unsubscribed', 'calls back for ever', (store) => ({
    onAppended: (wake) => {
      store.onAppended(wake);
      return () => undefined;
    },
  })],
];

describe('seed 39: the event store contract', () => {
  it.each(BROKEN)('by the case "%s" finds a store that %s', async (title, _what, broken) => {
    expect(await failureOf(suiteOf(() => ({})), title)).toBeUndefined();
    expect(await failureOf(suiteOf(broken), title)).toEqual(expect.any(String));
  });

  it('has no case that finds nothing', () => {
    const found = new Set(BROKEN.map(([title]) => title));
    expect([...new Set(suiteOf(() => ({})).map(({ title }) => title))].filter((title) => !found.has(title))).toEqual([]);
  });
});
