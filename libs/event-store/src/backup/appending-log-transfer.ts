import { LRUCache } from 'lru-cache';
import { EMPTY_LOG, type LogEnd } from './log-file.js';
import type { LogTarget, LogTransfer } from './log-transfer.js';
import { GENESIS } from '../envelope.js';
import { EMPTY_STREAM, type EventStore, type StreamHead } from '../event-store.js';
import type { SealedEvent } from '../event.js';
import type { NumberedEvent } from './numbered-event.js';
import { headAt, numberedLog, type NumberedLog } from './numbered-log.js';

/** Ends of streams that are remembered. */
const STREAMS = 100_000;

export interface AppendingLogTransferOptions {
  /** Appends events with their times of arrival; by default they arrive now. */
  readonly append?: (stream: string, expected: StreamHead, events: readonly NumberedEvent[]) => Promise<StreamHead>;
  /** Keeps others from writing, until what it answers is called. */
  readonly lock?: () => Promise<() => Promise<void>>;
}

/**
 * Moves a log by the port's own reads and one append after the other, so that their order stays. Whoever is ended leaves a
 * beginning of it.
 */
export function createAppendingLogTransfer(store: EventStore, { append = (stream, expected, events) => store.append(stream, expected, events.map(sealed)), lock = async () => async () => undefined }: AppendingLogTransferOptions = {}): LogTransfer {
  return {
    settled: async () => undefined,
    async open() {
      const unlock = await lock();
      const log = numberedLog(store);
      try {
        return new AppendingLogTarget(log, append, await log.end(), unlock);
      } catch (error) {
        await unlock();
        throw error;
      }
    },
  };
}

const sealed = ({ id, type, v, body, data, salt }: NumberedEvent): SealedEvent => ({ id, type, v, body, data, salt });

class AppendingLogTarget implements LogTarget {
  private readonly heads = new LRUCache<string, StreamHead>({ max: STREAMS });

  constructor(
    private readonly log: NumberedLog,
    private readonly append: Required<AppendingLogTransferOptions>['append'],
    public end: LogEnd = EMPTY_LOG,
    private readonly unlock: () => Promise<void>,
  ) {}

  headAt(position: bigint): Promise<Buffer> {
    return headAt(this.log, position);
  }

  async chainAt(stream: string, revision: number): Promise<Buffer | undefined> {
    return (await this.log.readStream(stream, { from: revision, limit: 1 }))[0]?.chain;
  }

  async take(events: readonly NumberedEvent[]): Promise<void> {
    for (const [first, ...rest] of runs(events)) {
      const run = [first, ...rest];
      const last = run.at(-1) ?? first;
      this.heads.set(first.stream, await this.append(first.stream, await this.before(first), run));
      this.end = { position: last.position, head: last.head };
    }
  }

  async close(): Promise<void> {
    await this.unlock();
  }

  private async before({ stream, revision }: NumberedEvent): Promise<StreamHead> {
    if (revision === 0) return EMPTY_STREAM;
    const known = this.heads.get(stream);
    if (known?.revision === revision - 1) return known;
    return { revision: revision - 1, chain: (await this.chainAt(stream, revision - 1)) ?? GENESIS };
  }
}

type Run = [first: NumberedEvent, ...rest: NumberedEvent[]];

/** Neighbours of one stream, which one append can take. */
function runs(events: readonly NumberedEvent[]): Run[] {
  const found: Run[] = [];
  for (const event of events) {
    const run = found.at(-1);
    if (run?.[0].stream === event.stream && run.length < MOST) run.push(event);
    else found.push([event]);
  }
  return found;
}

/** Far below what an engine takes in one append. */
const MOST = 50;
