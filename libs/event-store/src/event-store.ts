import type { LoggedEvent, SealedEvent, StoredEvent } from './event.js';

/** The end of a stream as its writer knows it. `revision` -1: the stream has no event. */
export interface StreamHead {
  readonly revision: number;
  readonly chain: Buffer;
}

export const EMPTY_STREAM: StreamHead = { revision: -1, chain: Buffer.alloc(32) };

export interface LogFilter {
  /** Event types; absent = all. */
  readonly types?: readonly string[];
  /** Stream name prefixes; absent = all. */
  readonly streams?: readonly string[];
}

export interface ReadLog {
  /** Exclusive. Forward: positions greater than it (0n = from the start). Backward: smaller ones (absent = from the end). */
  readonly after?: bigint;
  readonly direction?: 'forward' | 'backward';
  /** At most so many; default 500. */
  readonly limit?: number;
  readonly filter?: LogFilter;
}

export interface LogPage {
  readonly events: readonly LoggedEvent[];
  /** Everything up to here was looked at, filtered-out events included: where to go on. */
  readonly reached: bigint;
}

export interface ReadStream {
  /** First revision to read, inclusive. Forward default 0; backward default the last. */
  readonly from?: number;
  readonly direction?: 'forward' | 'backward';
  readonly limit?: number;
}

/**
 * The log: the only truth.
 *
 * - `append` is atomic (all events and inline writes or nothing) and durable when it resolves. It is refused with
 *   `RevisionConflict` when the stream's head is not `expected`, and changes nothing then. The exception: if the very
 *   same event ids already stand right after `expected`, in this order, the append was done before (its answer was
 *   lost) and is answered as done. An empty `events` is refused. Concurrent appends to one stream: exactly one wins.
 * - `inline` are the writes of inline projections, made in the same transaction. What they are is between the store's
 *   adapter and the read models built for it: see `projection.ts`. A store that does not take them (`inline`) refuses them.
 * - `readStream` answers from the moment that `append` resolved (read your writes), in revision order.
 * - `readLog` answers in position order. Positions never change, and no reader that goes on after `reached` ever misses an
 *   event, however late a transaction commits. An event may reach the log some time after its append resolved. A reader goes
 *   on only from a position or a `reached` that this store answered, 0n, or one beyond its end.
 * - `onAppended` calls back, soon and at least once, after events have reached the log; it may call without cause. It is
 *   a hint: readers poll as well. Returns the unsubscribe function.
 *
 * Undefined: the order in the log of events of different streams that were appended at the same time.
 */
export interface EventStore<Inline = unknown> {
  readonly name: string;
  /** Whether `append` makes the writes of inline projections; else read models follow the log. */
  readonly inline: boolean;
  /** Whether positions count the events from 1 and each event has the `head` of the log; else positions only grow. */
  readonly densePositions: boolean;
  append(stream: string, expected: StreamHead, events: readonly SealedEvent[], inline?: readonly Inline[]): Promise<StreamHead>;
  readStream(stream: string, options?: ReadStream): Promise<StoredEvent[]>;
  readLog(options?: ReadLog): Promise<LogPage>;
  /** Position of the last event in the log, 0n when it is empty. */
  head(): Promise<bigint>;
  /** Position of a stream's event; undefined while it is not in the log. */
  positionOf(stream: string, revision: number): Promise<bigint | undefined>;
  onAppended(wake: () => void): () => void;
  close(): Promise<void>;
}
