import { GENESIS, link } from '../envelope.js';
import type { EventStore } from '../event-store.js';
import type { LoggedEvent } from '../event.js';
import { EMPTY_LOG, type LogEnd } from './log-file.js';
import type { NumberedEvent } from './numbered-event.js';

/** Events that are read at a time, and between two places that are remembered. */
const PAGE = 1_000;

/** A log in which each event has its place and head, however the store counts. */
export interface NumberedLog extends Pick<EventStore, 'name' | 'readStream'> {
  /** Where the log ends now. */
  end(): Promise<LogEnd>;
  /** Up to `limit` events after a place; none at the end. */
  read(after: bigint, limit: number): Promise<readonly NumberedEvent[]>;
}

/** A store whose positions are not dense is counted along from its beginning: the first time the whole log is read for it. */
export function numberedLog(store: EventStore): NumberedLog {
  const { name } = store;
  const places = store.densePositions ? new GivenPlaces(store) : new CountedPlaces(store);
  return { name, readStream: (stream, options) => store.readStream(stream, options), end: () => places.end(), read: (after, limit) => places.read(after, limit) };
}

class GivenPlaces {
  constructor(private readonly store: EventStore) {}

  async end(): Promise<LogEnd> {
    const position = await this.store.head();
    const [last] = position === 0n ? [] : await this.read(position - 1n, 1);
    return last ?? EMPTY_LOG;
  }

  async read(after: bigint, limit: number): Promise<readonly NumberedEvent[]> {
    return (await this.store.readLog({ after, limit })).events.map(numbered);
  }
}

/** A place, and where the store goes on from there. */
interface Mark extends LogEnd {
  readonly at: bigint;
}

class CountedPlaces {
  private readonly marks: Mark[] = [{ ...EMPTY_LOG, at: 0n }];

  constructor(private readonly store: EventStore) {}

  async end(): Promise<LogEnd> {
    let end: LogEnd = this.marks.at(-1) ?? EMPTY_LOG;
    for await (const events of this.pages(end.position)) end = events.at(-1) ?? end;
    return { position: end.position, head: end.head };
  }

  async read(after: bigint, limit: number): Promise<readonly NumberedEvent[]> {
    const found: NumberedEvent[] = [];
    for await (const events of this.pages(after)) {
      found.push(...events.filter(({ position }) => position > after));
      if (found.length >= limit) return found.slice(0, limit);
    }
    return found;
  }

  /** From the last place that is remembered before it. */
  private async *pages(after: bigint): AsyncGenerator<readonly NumberedEvent[]> {
    let mark = this.marks.findLast(({ position }) => position <= after);
    while (mark) {
      const { events, reached } = await this.store.readLog({ after: mark.at, limit: PAGE });
      let { position, head }: LogEnd = mark;
      const counted = events.map((event) => ({ ...event, position: (position += 1n), head: (head = link(head, event.chain)) }));
      if (counted.length > 0) yield counted;
      const next: Mark = { position, head, at: reached };
      if (counted.length === PAGE && position > (this.marks.at(-1)?.position ?? 0n)) this.marks.push(next);
      mark = reached > mark.at ? next : undefined;
    }
  }
}

function numbered(event: LoggedEvent): NumberedEvent {
  const { head } = event;
  if (head === null) throw new TypeError('an event of a store with dense positions has no head');
  return { ...event, head };
}

/** Head of the log at a place up to its end. */
export async function headAt(log: NumberedLog, position: bigint): Promise<Buffer> {
  if (position === 0n) return GENESIS;
  const [event] = await log.read(position - 1n, 1);
  if (!event) throw new TypeError(`the log has no position ${position}`);
  return event.head;
}
