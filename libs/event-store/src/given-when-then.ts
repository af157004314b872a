import { deepStrictEqual } from 'node:assert';
import type { StreamCommand } from './command.js';
import type { Decider } from './decider.js';
import type { DomainEvent, RecordedEvent } from './event.js';

/** A moment that tests can rely on: every event comes a millisecond after the one before. */
const FIRST_MS = Date.UTC(2026, 0, 1);

interface When<State, E extends DomainEvent> {
  /** Exactly these events, in this order. */
  decides(...events: readonly E[]): void;
  /** An error with this code; answers it. */
  refuses(code: string): Error;
  /** The state after what was decided. */
  state(): State;
}

export interface Given<State, C, E extends DomainEvent> {
  when(command: C): When<State, E>;
  state(): State;
}

/**
 * Tests of one decider: `const given = givenFor(imageDecider); given(created).when(new DeleteImage(…)).decides(deleted)`.
 * The events given get successive ids and clock readings of one site.
 */
export function givenFor<State, C extends Pick<StreamCommand, 'stream'>, E extends DomainEvent>(decider: Decider<State, C, E>) {
  return (...events: readonly E[]): Given<State, C, E> => {
    const before = foldGiven(decider, decider.initialState(), events, 0);
    return {
      state: () => before,
      when(command) {
        const decide = () => decider.decide(command, before, { at: new Date(FIRST_MS + events.length).toISOString() });
        return {
          decides: (...expected) => deepStrictEqual(decide(), expected),
          refuses: (code) => refusal(decide, code),
          state: () => foldGiven(decider, before, decide(), events.length),
        };
      },
    };
  };
}

function foldGiven<State, C, E extends DomainEvent>(decider: Decider<State, C, E>, from: State, events: readonly E[], revision: number): State {
  let state = from;
  for (const [i, event] of events.entries()) state = decider.evolve(state, given(event, revision + i, decider.creation?.(state) ?? null));
  return state;
}

/** An event as it would have been recorded. */
function given<E extends DomainEvent>({ type, data, at: known }: E, revision: number, creation: string | null): RecordedEvent<E> {
  const ms = FIRST_MS + revision;
  const id = `019b0000-0000-7000-8000-${revision.toString(16).padStart(12, '0')}`;
  const hlc = `${ms.toString(16).padStart(12, '0')}0000`;
  const actor = { user: null, project: null, roles: [], admin: true, service: null };
  const at = new Date(ms);
  const meta = { id, stream: 'given', v: 1, at: known ?? at.toISOString(), hlc, site: 'here', actor, requestId: null, causationId: null, correlationId: null, creation };
  return { type, data, meta, revision, recordedAt: at };
}

function refusal(decide: () => readonly DomainEvent[], code: string): Error {
  let decided: readonly DomainEvent[];
  try {
    decided = decide();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === code) return error;
    throw error;
  }
  throw new Error(`expected the refusal ${code}, got ${JSON.stringify(decided)}`);
}
