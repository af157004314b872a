import type { Deciders } from './deciders.js';
import { GENESIS, verify, verifyChain } from './envelope.js';
import { EMPTY_STREAM, type EventStore, type StreamHead } from './event-store.js';
import type { RecordedEvent, StoredEvent } from './event.js';

/** A whole stream: what can be folded of it, and its state. */
export interface LoadedStream<State = unknown> {
  readonly state: State;
  /** -1: the stream has no event. */
  readonly revision: number;
  /** In revision order; unknown and erased ones are left out. */
  readonly events: readonly RecordedEvent[];
  readonly head: StreamHead;
  /** Greatest of all its events. */
  readonly hlc: string | undefined;
  /** The first event that this process does not know. */
  readonly unknown: StoredEvent | undefined;
}

/** Loads and folds one stream, each event and the chain verified. */
export class StreamReader {
  constructor(private readonly store: EventStore, private readonly deciders: Deciders) {}

  async load<State = unknown>(stream: string): Promise<LoadedStream<State>> {
    return this.fold(stream, await this.store.readStream(stream));
  }

  empty<State = unknown>(stream: string): LoadedStream<State> {
    return this.fold(stream, []);
  }

  private fold<State>(stream: string, stored: readonly StoredEvent[]): LoadedStream<State> {
    const decider = this.deciders.of(stream);
    const events: RecordedEvent[] = [];
    let state = decider.initialState();
    let head = EMPTY_STREAM;
    let hlc: string | undefined;
    let unknown: StoredEvent | undefined;
    for (const event of stored) {
      verifyChain(event, head.revision < 0 ? GENESIS : head.chain);
      head = event;
      const opened = this.deciders.open(event);
      const meta = opened?.meta ?? verify(event);
      if (hlc === undefined || meta.hlc > hlc) hlc = meta.hlc;
      if (opened) {
        events.push(opened);
        state = decider.evolve(state, opened);
      } else if (!this.deciders.isKnown(event)) {
        unknown ??= event;
      }
    }
    return { state: state as State, revision: head.revision, events, head: { revision: head.revision, chain: head.chain }, hlc, unknown };
  }
}
