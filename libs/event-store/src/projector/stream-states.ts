import { LRUCache } from 'lru-cache';
import type { AnyDecider, Deciders } from '../deciders.js';
import { GENESIS, verifyChain } from '../envelope.js';
import type { EventStore } from '../event-store.js';
import type { RecordedEvent, StoredEvent } from '../event.js';

/** The fold of a stream up to a revision; -1: of nothing. */
export interface FoldedStream {
  readonly state: unknown;
  readonly revision: number;
  readonly chain: Buffer;
}

/** Folds streams on from where they stood when they were met last; what was not met lately is read again. */
export class StreamStates {
  private readonly folded: LRUCache<string, FoldedStream>;

  constructor(private readonly store: Pick<EventStore, 'readStream'>, private readonly deciders: Deciders, most: number) {
    this.folded = new LRUCache({ max: most });
  }

  /** As the stream was before its event of this revision. */
  async before(stream: string, revision: number): Promise<FoldedStream> {
    const found = this.folded.get(stream);
    if (found?.revision === revision - 1) return found;
    const empty: FoldedStream = { state: this.deciders.of(stream).initialState(), revision: -1, chain: GENESIS };
    if (revision === 0) return empty;
    return this.after(empty, await this.store.readStream(stream, { limit: revision })).folded;
  }

  /** Each event and the chain verified; those that cannot be folded, unknown or erased, are left out. Throws `EventCorrupt`. */
  after(from: FoldedStream, added: readonly StoredEvent[]): { readonly folded: FoldedStream; readonly events: readonly RecordedEvent[] } {
    const events: RecordedEvent[] = [];
    let { state, revision, chain } = from;
    let decider: AnyDecider | undefined;
    for (const event of added) {
      verifyChain(event, chain);
      decider ??= this.deciders.of(event.stream);
      ({ revision, chain } = event);
      const opened = this.deciders.open(event);
      if (!opened) continue;
      events.push(opened);
      state = decider.evolve(state, opened);
    }
    return { folded: { state, revision, chain }, events };
  }

  keep(stream: string, folded: FoldedStream): void {
    this.folded.set(stream, folded);
  }
}
