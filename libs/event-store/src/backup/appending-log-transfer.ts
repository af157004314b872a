import { EMPTY_LOG, type LogEnd } from './log-file.js';
import type { LogTarget, LogTransfer } from './log-transfer.js';
import { GENESIS } from '../envelope.js';
import { EMPTY_STREAM, type EventStore, type StreamHead } from '../event-store.js';
import type { SealedEvent } from '../event.js';
import { numbered, type NumberedEvent } from './numbered-event.js';

/**
 * Moves a log by the port's own append and reads alone: for a store in one process that gives dense positions at once.
 * Events arrive now: their time of arrival is not kept.
 */
export function createAppendingLogTransfer(store: EventStore): LogTransfer {
  return { settled: async () => undefined, open: async () => new AppendingLogTarget(store, await endAt(store, await store.head())) };
}

async function endAt(store: EventStore, position: bigint): Promise<LogEnd> {
  if (position === 0n) return EMPTY_LOG;
  const { events: [event] } = await store.readLog({ after: position - 1n, limit: 1 });
  return event ? numbered(event) : EMPTY_LOG;
}

class AppendingLogTarget implements LogTarget {
  constructor(private readonly store: EventStore, public end: LogEnd) {}

  async headAt(position: bigint): Promise<Buffer> {
    return position === 0n ? GENESIS : (await endAt(this.store, position)).head;
  }

  async chainAt(stream: string, revision: number): Promise<Buffer | undefined> {
    return (await this.store.readStream(stream, { from: revision, limit: 1 }))[0]?.chain;
  }

  async take(events: readonly NumberedEvent[]): Promise<void> {
    for (const event of events) {
      const expected: StreamHead = event.revision === 0 ? EMPTY_STREAM : { revision: event.revision - 1, chain: (await this.chainAt(event.stream, event.revision - 1)) ?? GENESIS };
      await this.store.append(event.stream, expected, [sealed(event)]);
      this.end = { position: event.position, head: event.head };
    }
  }

  async close(): Promise<void> {
    return undefined;
  }
}

const sealed = ({ id, type, v, body, data, salt }: NumberedEvent): SealedEvent => ({ id, type, v, body, data, salt });
