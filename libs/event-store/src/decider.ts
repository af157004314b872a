import type { DomainEvent, RecordedEvent, Stamp } from './event.js';

/** The `.contract` migration of the second landing: before it, no event is written that the first does not know. */
export const SECOND_LANDING = '0011-second-landing.contract';

/** What a decider may know of the moment it decides in: it never asks for a clock or an id itself. */
export interface Moment {
  /** Wall clock, ISO 8601 UTC with ms. */
  readonly at: string;
}

/** The parts of an event that a fold may look at. */
export interface FoldEvent<E extends DomainEvent = DomainEvent> {
  readonly type: E['type'];
  readonly data: E['data'];
  readonly meta: Stamp & { readonly at: string; readonly creation: string | null };
}

/**
 * One kind of stream. `decide` is pure and throws an error with a literal `code` to refuse; no events means that nothing
 * needed to change. `evolve` must give the same state for the same set of events in any order and with duplicates
 * (architecture §4).
 */
export interface Decider<State, C, E extends DomainEvent> {
  /** Prefix of the names of its streams, with the dash: `image-`. */
  readonly streamPrefix: string;
  initialState(): State;
  evolve(state: State, event: FoldEvent<E>): State;
  decide(command: C, state: State, moment: Moment): readonly E[];
  /** Current version of each event type that this decider knows. */
  readonly versions: Readonly<Record<E['type'], number>>;
  /** Types that programs of before do not know, by the `.contract` migration (the end of an upgrade) before which they are not written. */
  readonly writtenAfter?: Readonly<Partial<Record<E['type'], string>>>;
  /** Steps from version n to n + 1 of an event's data, by `<type>.v<n>`. */
  readonly upcasts: Readonly<Record<string, (data: never) => object>>;
  /** Id of the creation that the next events are decided on. */
  creation?(state: State): string | null;
}

/** What a command answers: the state after its events, and the events themselves (none: nothing needed to change). */
export interface Decided<State, E extends DomainEvent = DomainEvent> {
  readonly state: State;
  /** Revision of the stream after the command; -1 where it still has no event. */
  readonly revision: number;
  readonly events: readonly RecordedEvent<E>[];
}
