import type { Admission } from '../admission.js';
import type { Deciders } from '../deciders.js';
import type { EventStore } from '../event-store.js';
import type { LoggedEvent } from '../event.js';
import type { InlineProjection, StateChange } from '../projection.js';
import type { ProjectionTarget } from './projection-target.js';
import { StreamStates } from './stream-states.js';

/** Events of the log that are projected at a time. */
const PAGE = 2_000;
/** Streams whose state is kept, for their next events. */
const STATES = 10_000;
/** Streams that are read again at a time. */
const AT_ONCE = 8;

export interface ProjectorOptions<Write> {
  readonly store: Pick<EventStore, 'readLog' | 'readStream' | 'head'>;
  readonly deciders: Deciders;
  readonly projections: readonly InlineProjection<unknown, Write>[];
  readonly target: ProjectionTarget<Write>;
  /** Of the read models that serve: what was held for changes ends with their booking. */
  readonly admission?: Pick<Admission, 'streamPrefix' | 'holdersOf'>;
  /** Of the checkpoint. */
  readonly name: string;
  readonly page?: number;
  readonly states?: number;
}

export interface CatchUp {
  readonly signal?: AbortSignal;
  readonly progress?: (position: bigint) => void;
}

/** What is to be written of a page of the log. */
interface Page<Write> {
  readonly from: bigint;
  readonly reached: bigint;
  readonly writes: readonly Write[];
}

/**
 * Gives projections the events of the log as appends would have given them, a page at a time: of a stream's events in a page
 * one change is made. Any size of page, and any number of projectors under one name, lead to the same rows.
 */
export class Projector<Write> {
  private readonly states: StreamStates;
  private position: bigint | undefined;

  constructor(private readonly options: ProjectorOptions<Write>) {
    this.states = new StreamStates(options.store, options.deciders, options.states ?? STATES);
  }

  /** Projects the next page and answers the position up to which all is written: where it stood, there was nothing new. */
  async next(): Promise<bigint> {
    const page = await this.prepare(await this.from());
    return page.reached === page.from ? page.from : this.write(page);
  }

  /** Up to where the log ends now; answers the position. The next page is folded while one is written. */
  async catchUp({ signal, progress }: CatchUp = {}): Promise<bigint> {
    const head = await this.options.store.head();
    let at = await this.from();
    for (let page = at < head ? await this.prepare(at) : undefined; page && page.reached > page.from; ) {
      signal?.throwIfAborted();
      const following = page.reached < head ? this.prepare(page.reached) : undefined;
      following?.catch(() => undefined);
      at = await this.write(page);
      progress?.(at);
      page = at === page.reached ? await following : at < head ? await this.prepare(at) : undefined;
    }
    return at;
  }

  private async from(): Promise<bigint> {
    return (this.position ??= (await this.options.target.checkpoint(this.options.name)) ?? 0n);
  }

  private async prepare(from: bigint): Promise<Page<Write>> {
    const { events, reached } = await this.options.store.readLog({ after: from, limit: this.options.page ?? PAGE });
    const streams = [...Map.groupBy(events, ({ stream }) => stream)].filter(([stream]) => this.concerned(stream).length > 0);
    const writes: (readonly Write[])[] = [];
    for (let i = 0; i < streams.length; i += AT_ONCE) {
      writes.push(...(await Promise.all(streams.slice(i, i + AT_ONCE).map(([stream, added]) => this.project(stream, added)))));
    }
    return { from, reached, writes: writes.flat() };
  }

  /** Answers the position after it, also where another projector was faster. */
  private async write({ from, reached, writes }: Page<Write>): Promise<bigint> {
    this.position = undefined;
    if (await this.options.target.apply(this.options.name, from, reached, writes)) return (this.position = reached);
    const at = await this.from();
    if (at === from) throw new Error(`the checkpoint ${this.options.name} stands at ${from} and could not be moved`);
    return at;
  }

  /** A state that is kept is that of its revision whether or not the page is written. */
  private async project(stream: string, met: readonly LoggedEvent[]): Promise<readonly Write[]> {
    const added = [...new Map(met.map((event) => [event.revision, event])).values()];
    const before = await this.states.before(stream, added[0]?.revision ?? 0);
    const { folded, events } = this.states.after(before, added);
    this.states.keep(stream, folded);
    const { admission } = this.options;
    const settles = admission && stream.startsWith(admission.streamPrefix) ? admission.holdersOf(events) : undefined;
    const change: StateChange<unknown> = { stream, before: before.state, after: folded.state, revision: folded.revision, events, settles };
    return this.concerned(stream).flatMap((projection) => projection.write(change));
  }

  private concerned(stream: string): readonly InlineProjection<unknown, Write>[] {
    return this.options.projections.filter(({ streamPrefix }) => stream.startsWith(streamPrefix));
  }
}
