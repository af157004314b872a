import { BACKWARDS, END, FORWARDS, NO_STREAM, MaxAppendSizeExceededError, START, StreamNotFoundError, WrongExpectedVersionError, type Direction, type EventData, type KurrentDBClient, type ReadPosition, type ReadRevision, type ResolvedEvent } from '@kurrent/kurrentdb-client';
import { LRUCache } from 'lru-cache';
import { chainOf } from '../../envelope.js';
import { EventCorrupt, EventsTooLarge, RevisionConflict } from '../../event-store.errors.js';
import type { EventStore, LogFilter, LogPage, ReadLog, ReadStream, StreamHead } from '../../event-store.js';
import type { LoggedEvent, SealedEvent, StoredEvent } from '../../event.js';
import { KurrentConnection } from './kurrent.connection.js';
import { eventData, loggedEvent, storedEvent } from './kurrent.records.js';
import { OURS, serverFilter } from './log-filter.js';
import { NewsOfLog } from './news-of-log.js';
import { assertKeptForEver } from './retention.js';

const DEFAULT_LIMIT = 500;
/** Streams whose end is remembered, so that an append need not read it. */
const ENDS = 10_000;

export interface KurrentEventStoreOptions {
  /** kurrentdb:// or kurrentdb+discover://; holds the password. */
  readonly url: string;
}

export type ArrivedEvent = SealedEvent & Pick<StoredEvent, 'recordedAt'>;

interface End extends StreamHead {
  /** Where this process appended it. */
  readonly position?: bigint;
}

/** Events lie in KurrentDB under the names and ids that they have here; positions are those of its `$all`. */
export class KurrentEventStore implements EventStore<never> {
  readonly name = 'kurrent';
  readonly inline = false;
  readonly densePositions = false;
  private readonly connection: KurrentConnection;
  private readonly news: NewsOfLog;
  private readonly ends = new LRUCache<string, End>({ max: ENDS });

  constructor({ url }: KurrentEventStoreOptions) {
    this.connection = new KurrentConnection(url);
    this.news = new NewsOfLog(this.connection);
  }

  /** Throws `LogMayBeCut` where streams with these prefixes may lose events. Looks through the whole log. */
  assertKeptForEver(prefixes: readonly string[]): Promise<void> {
    return assertKeptForEver(this.connection, prefixes);
  }

  append(stream: string, expected: StreamHead, events: readonly SealedEvent[], inline: readonly never[] = []): Promise<StreamHead> {
    if (inline.length > 0) return Promise.reject(new TypeError('KurrentDB makes no inline writes'));
    const now = new Date();
    return this.take(stream, expected, events.map((event) => ({ ...event, recordedAt: now })));
  }

  /** An append of events that arrived at some other time. */
  async take(stream: string, expected: StreamHead, events: readonly ArrivedEvent[]): Promise<StreamHead> {
    if (events.length === 0) throw new TypeError('an append needs at least one event');
    await this.assertFollows(stream, expected);
    const records: EventData[] = [];
    let { chain } = expected;
    for (const event of events) records.push(eventData(event, (chain = chainOf(chain, event.body)), event.recordedAt));
    const position = await this.write(stream, expected, events, records);
    const head = { revision: expected.revision + events.length, chain };
    this.ends.set(stream, { ...head, position });
    return head;
  }

  async readStream(stream: string, { from, direction = 'forward', limit }: ReadStream = {}): Promise<StoredEvent[]> {
    const forward = direction === 'forward';
    const fromRevision: ReadRevision = from === undefined ? (forward ? START : END) : BigInt(from);
    const events: StoredEvent[] = [];
    const options = { fromRevision, direction: forward ? FORWARDS : BACKWARDS, maxCount: limit, requiresLeader: true } as const;
    await this.ofStream((client) => client.readStream(stream, options), ({ event }) => {
      if (event) events.push(storedEvent(event) ?? corrupt(stream, Number(event.revision), 'another program wrote it'));
    });
    return events;
  }

  async readLog({ after, direction = 'forward', limit = DEFAULT_LIMIT, filter }: ReadLog = {}): Promise<LogPage> {
    // Asked for first: what is not found up to there is not there.
    const head = await this.head();
    if (direction === 'forward') return this.readForward(after ?? 0n, head, limit, filter);
    return this.readBackward(after !== undefined && after <= head ? after : undefined, limit, filter);
  }

  async head(): Promise<bigint> {
    let position = 0n;
    const last = { fromPosition: END, direction: BACKWARDS, maxCount: 1, filter: OURS, requiresLeader: true } as const;
    await this.connection.read((client) => client.readAll(last), ({ event }) => {
      if (event) position = event.position.commit;
    });
    return position;
  }

  async positionOf(stream: string, revision: number): Promise<bigint | undefined> {
    const known = this.ends.get(stream);
    if (known?.revision === revision && known.position !== undefined) return known.position;
    let position: bigint | undefined;
    const options = { fromRevision: BigInt(revision), direction: FORWARDS, maxCount: 1, requiresLeader: true } as const;
    await this.ofStream((client) => client.readStream(stream, options), ({ event }) => void (position = event?.position?.commit));
    return position;
  }

  onAppended(wake: () => void): () => void {
    return this.news.add(wake);
  }

  async close(): Promise<void> {
    await this.news.close();
    await this.connection.close();
  }

  /** Nothing where there is no such stream. */
  private async ofStream(open: (client: KurrentDBClient) => AsyncIterator<ResolvedEvent>, take: (item: ResolvedEvent) => void): Promise<void> {
    try {
      await this.connection.read(open, take);
    } catch (error) {
      if (!(error instanceof StreamNotFoundError)) throw error;
    }
  }

  private async readForward(after: bigint, head: bigint, limit: number, filter?: LogFilter): Promise<LogPage> {
    if (after >= head) return { events: [], reached: after };
    const { events, read, last } = await this.readAll(after === 0n ? START : positionOf(after), FORWARDS, after, limit, filter);
    return { events, reached: read === limit ? last : max(last, head) };
  }

  private async readBackward(after: bigint | undefined, limit: number, filter?: LogFilter): Promise<LogPage> {
    if (after === 0n) return { events: [], reached: 0n };
    const { events, read, last } = await this.readAll(after === undefined ? END : positionOf(after), BACKWARDS, after, limit, filter);
    return { events, reached: read === limit ? last : 0n };
  }

  /** `read` counts what the server's filter let through. */
  private async readAll(fromPosition: ReadPosition, direction: Direction, without: bigint | undefined, limit: number, filter?: LogFilter): Promise<{ events: LoggedEvent[]; read: number; last: bigint }> {
    const events: LoggedEvent[] = [];
    let [read, last] = [0, 0n];
    const options = { fromPosition, direction, maxCount: limit + 1, filter: serverFilter(filter), requiresLeader: true };
    await this.connection.read((client) => client.readAll(options), ({ event }) => {
      // Forward, the event at the position itself comes first.
      if (!event || event.position.commit === without) return false;
      if (read === limit) return true;
      read += 1;
      last = event.position.commit;
      const logged = loggedEvent(event);
      if (logged && (filter?.types?.includes(logged.type) ?? true)) events.push(logged);
      return false;
    });
    return { events, read, last };
  }

  private async write(stream: string, expected: StreamHead, events: readonly SealedEvent[], records: EventData[]): Promise<bigint | undefined> {
    const streamState = expected.revision < 0 ? NO_STREAM : BigInt(expected.revision);
    const last = BigInt(expected.revision + events.length);
    try {
      const { nextExpectedRevision, position } = await this.connection.append((client) => client.appendToStream(stream, records, { streamState }));
      if (nextExpectedRevision !== last) corrupt(stream, expected.revision + 1, 'the stream was deleted or cut in KurrentDB');
      return position?.commit;
    } catch (error) {
      if (error instanceof MaxAppendSizeExceededError) throw new EventsTooLarge(error.maxAppendSize);
      if (!(error instanceof WrongExpectedVersionError)) throw error;
      if (!(await this.isDone(stream, expected, events))) throw new RevisionConflict(stream, expected.revision);
      return undefined;
    }
  }

  private async isDone(stream: string, { revision }: StreamHead, events: readonly SealedEvent[]): Promise<boolean> {
    const stand = await this.readStream(stream, { from: revision + 1, limit: events.length });
    return events.every(({ id }, i) => stand[i]?.id === id);
  }

  /** What once stood at a revision stands there for ever, so that it need not be read twice. */
  private async assertFollows(stream: string, { revision, chain }: StreamHead): Promise<void> {
    if (revision < 0) return;
    const known = this.ends.get(stream);
    const at = known?.revision === revision ? known : (await this.readStream(stream, { from: revision, limit: 1 }))[0];
    if (!at?.chain.equals(chain)) throw new RevisionConflict(stream, revision);
    this.ends.set(stream, { revision, chain });
  }
}

function corrupt(stream: string, revision: number, why: string): never {
  throw new EventCorrupt(stream, revision, why);
}

const positionOf = (commit: bigint): ReadPosition => ({ commit, prepare: commit });

const max = (one: bigint, other: bigint): bigint => (one > other ? one : other);
