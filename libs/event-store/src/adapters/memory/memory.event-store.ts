import { chainOf, GENESIS, link } from '../../envelope.js';
import { RevisionConflict } from '../../event-store.errors.js';
import { EMPTY_STREAM, type EventStore, type LogFilter, type LogPage, type ReadLog, type ReadStream, type StreamHead } from '../../event-store.js';
import type { LoggedEvent, SealedEvent, StoredEvent } from '../../event.js';
import type { MemoryWrite } from '../../projection.js';
import type { WallClock } from '../../clock.js';

const DEFAULT_LIMIT = 500;

/** One process, lost at exit. Positions are given at append. */
export function createMemoryEventStore(now: WallClock = Date.now): EventStore<MemoryWrite> {
  return new MemoryEventStore(now);
}

class MemoryEventStore implements EventStore<MemoryWrite> {
  readonly name = 'memory';
  readonly inline = true;
  readonly densePositions = true;
  private readonly streams = new Map<string, StoredEvent[]>();
  private readonly log: LoggedEvent[] = [];
  private readonly ids = new Set<string>();
  private readonly listeners = new Set<() => void>();

  constructor(private readonly now: WallClock) {}

  async append(name: string, expected: StreamHead, events: readonly SealedEvent[], inline: readonly MemoryWrite[] = []): Promise<StreamHead> {
    if (events.length === 0) throw new TypeError('an append needs at least one event');
    const stream = this.streams.get(name) ?? [];
    const done = stream.slice(expected.revision + 1, expected.revision + 1 + events.length);
    if (done.length === events.length && done.every((event, i) => event.id === events[i]?.id)) return headOf(done);
    const head = headOf(stream);
    if (head.revision !== expected.revision || !head.chain.equals(expected.chain)) throw new RevisionConflict(name, expected.revision);
    this.refuseKnownIds(events);
    for (const event of events) this.add(name, stream, event);
    this.streams.set(name, stream);
    for (const write of inline) write();
    for (const wake of this.listeners) setImmediate(wake);
    return headOf(stream);
  }

  async readStream(name: string, { from, direction = 'forward', limit = Infinity }: ReadStream = {}): Promise<StoredEvent[]> {
    const stream = this.streams.get(name) ?? [];
    if (direction === 'forward') return stream.slice(from ?? 0, (from ?? 0) + limit);
    const last = Math.min(from ?? Infinity, stream.length - 1);
    return stream.slice(Math.max(0, last + 1 - limit), last + 1).reverse();
  }

  async readLog({ after, direction = 'forward', limit = DEFAULT_LIMIT, filter }: ReadLog = {}): Promise<LogPage> {
    const forward = direction === 'forward';
    const step = forward ? 1 : -1;
    const events: LoggedEvent[] = [];
    let reached = after ?? (forward ? 0n : BigInt(this.log.length) + 1n);
    for (let index = Number(reached) - 1 + step; events.length < limit; index += step) {
      const event = this.log[index];
      if (!event) break;
      if (passes(event, filter)) events.push(event);
      reached = event.position;
    }
    return { events, reached };
  }

  async head(): Promise<bigint> {
    return BigInt(this.log.length);
  }

  async positionOf(name: string, revision: number): Promise<bigint | undefined> {
    return this.log.findLast((event) => event.stream === name && event.revision === revision)?.position;
  }

  onAppended(wake: () => void): () => void {
    const listener = () => wake();
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.listeners.clear();
  }

  private refuseKnownIds(events: readonly SealedEvent[]): void {
    const known = events.find((event, i) => this.ids.has(event.id) || events.findIndex(({ id }) => id === event.id) !== i);
    if (known) throw new TypeError(`event ${known.id} was written before, elsewhere`);
  }

  private add(name: string, stream: StoredEvent[], event: SealedEvent): void {
    const { revision, chain: previous } = headOf(stream);
    const chain = chainOf(previous, event.body);
    const stored: StoredEvent = { ...event, stream: name, revision: revision + 1, chain, recordedAt: new Date(this.now()) };
    stream.push(stored);
    this.ids.add(event.id);
    const head = link(this.log.at(-1)?.head ?? GENESIS, chain);
    this.log.push({ ...stored, position: BigInt(this.log.length) + 1n, head });
  }
}

function headOf(events: readonly StoredEvent[]): StreamHead {
  const last = events.at(-1);
  return last ? { revision: last.revision, chain: last.chain } : EMPTY_STREAM;
}

export function passes(event: StoredEvent, filter: LogFilter = {}): boolean {
  const { types, streams } = filter;
  return (!types || types.includes(event.type)) && (!streams || streams.some((prefix) => event.stream.startsWith(prefix)));
}
