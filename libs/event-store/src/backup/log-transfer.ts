import type { LogEnd } from './log-file.js';
import type { NumberedEvent } from './numbered-event.js';

/** What moving a whole log needs of its engine, besides reading it. */
export interface LogTransfer {
  /** Resolves when everything that was appended before the call is in the log. */
  settled(): Promise<void>;
  /**
   * Opens the log to take events over, and keeps every other writer out until it is closed. Fails with `LogInUse` where
   * another writes to it, and leaves it as it is then.
   */
  open(): Promise<LogTarget>;
}

/** A log that is written to by nobody else. */
export interface LogTarget {
  readonly end: LogEnd;
  /** Head of the log at a position up to its end. */
  headAt(position: bigint): Promise<Buffer>;
  chainAt(stream: string, revision: number): Promise<Buffer | undefined>;
  /**
   * Writes events with the places, revisions, chains and times that they have, right after `end`, in their order: whatever ends
   * it, the first of them are there, or all, or none. No projection sees them: the read models are built from the log afterwards.
   */
  take(events: readonly NumberedEvent[]): Promise<void>;
  close(): Promise<void>;
}
