import type { RecordedEvent } from './event.js';
import type { StateChange } from './projection.js';

/**
 * Asked between a decision and its append, where a change may use up what others want as well: it sees exactly what would be
 * appended, and holds what that needs. Rejecting refuses the change.
 */
export interface Admission<State = unknown> {
  readonly streamPrefix: string;
  /** undefined: the change needs nothing that is limited. */
  admit(change: StateChange<State>): Promise<Hold | undefined>;
  /** Every holder that changes with these events may have: a follower does not know which events were decided together. */
  holdersOf(events: readonly RecordedEvent[]): readonly string[];
}

/** What is held for one change. The projection that books the change ends it, in the transaction of the booking. */
export interface Hold {
  readonly holder: string;
  /** The append changed nothing. Not called where its end is unknown: what is held then must end by itself. */
  release(): Promise<void>;
}
