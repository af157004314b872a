import { chainOf, GENESIS, link, verify } from '../envelope.js';
import { EventCorrupt } from '../event-store.errors.js';
import type { StoredEvent } from '../event.js';
import type { LogEnd } from './log-file.js';
import type { NumberedEvent } from './numbered-event.js';

/** Ends of streams that are remembered: about 50 MB, whatever the log's length. */
const STREAMS = 100_000;

interface ChainAt {
  readonly revision: number;
  readonly chain: Buffer;
}

/** Chain of one event; undefined where it is not known. */
export type ChainLookup = (stream: string, revision: number) => Promise<Buffer | undefined>;

/** Goes along a log in its order and checks each event's digests and that it follows the one before, in its stream and in the log. */
export class LogCheck {
  /** The one that was seen last comes last. */
  private readonly ends = new Map<string, ChainAt>();

  /** `lookUp` is asked for chains of streams that were last seen too long ago, or before `end`; without it those are taken as they are. */
  constructor(public end: LogEnd, private readonly lookUp: ChainLookup = async () => undefined) {}

  /** Throws `EventCorrupt`; answers the event with its place and head in the log. */
  async follow(event: StoredEvent): Promise<NumberedEvent> {
    verify(event);
    const previous = event.revision === 0 ? GENESIS : await this.chainBefore(event);
    if (previous && !chainOf(previous, event.body).equals(event.chain)) throw new EventCorrupt(event.stream, event.revision, 'its chain does not fit');
    this.remember(event);
    this.end = { position: this.end.position + 1n, head: link(this.end.head, event.chain) };
    return { ...event, position: this.end.position, head: this.end.head };
  }

  private remember({ stream, revision, chain }: StoredEvent): void {
    this.ends.delete(stream);
    this.ends.set(stream, { revision, chain });
    if (this.ends.size <= STREAMS) return;
    for (const [oldest] of this.ends) return void this.ends.delete(oldest);
  }

  private async chainBefore({ stream, revision }: StoredEvent): Promise<Buffer | undefined> {
    const last = this.ends.get(stream);
    if (!last) return this.lookUp(stream, revision - 1);
    if (last.revision !== revision - 1) throw new EventCorrupt(stream, revision, `it does not come after event ${revision - 1} of its stream`);
    return last.chain;
  }
}
