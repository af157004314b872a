import type { RecordedEvent } from './event.js';

/** The change of one stream, as a projection gets it: both states are folded, never a single event's view. */
export interface StateChange<State> {
  readonly stream: string;
  readonly before: State;
  readonly after: State;
  /** Revision of the stream after the change. */
  readonly revision: number;
  readonly events: readonly RecordedEvent[];
  /** Holders of what may be held for this change (`Admission`), to be ended by the projection that books it. */
  readonly settles?: readonly string[];
}

/**
 * A projection that is written with the append: `write` turns a change into the adapter's own kind of write
 * (PostgreSQL: a statement that becomes a CTE of the append; memory: a function called under the same step).
 * The write is an upsert of whole rows, so that it can be repeated, and does nothing where the rows already stand at a
 * later revision. Only sums over many streams add the difference of before and after: the append makes it once or not at all.
 */
export interface InlineProjection<State, Inline> {
  readonly name: string;
  readonly streamPrefix: string;
  write(change: StateChange<State>): readonly Inline[];
}

/** Inline write of the PostgreSQL adapter: one data-modifying statement, its parameters numbered from $1. */
export interface SqlWrite {
  /** Constant for a kind of write: the append is prepared once for each combination of texts. */
  readonly text: string;
  readonly values: readonly unknown[];
  /** What it is about: writes of different keys may be made in any order. Absent: its place among all others matters. */
  readonly key?: string;
  /** The same for many at once, where nothing is appended; the append does not look at it. */
  readonly many?: ManyRows;
}

export interface ManyRows {
  /** Constant for a kind of write; its one parameter is a JSON array of rows. */
  readonly text: string;
  readonly row: object;
  /** Rows of one key may come twice in a statement, which adds them. Otherwise they never do. */
  readonly sums?: boolean;
}

/** Inline write of the memory adapter; must not throw. */
export type MemoryWrite = () => void;
