import type { Deciders } from '../deciders.js';
import type { EventStore } from '../event-store.js';
import type { LoggedEvent } from '../event.js';
import type { InlineProjection, StateChange } from '../projection.js';
import type { ProjectionTarget } from './projection-target.js';
import { StreamStates, type FoldedStream } from './stream-states.js';

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
  /** Of the checkpoint. */
  readonly name: string;
  readonly page?: number;
  readonly states?: number;
}

export interface CatchUp {
  readonly signal?: AbortSignal;
  readonly progress?: (position: bigint) => void;
}

interface Projected<Write> {
  readonly stream: string;
  readonly folded: FoldedStream;
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
    const { store, target, name, page = PAGE } = this.options;
    const from = (this.position ??= (await target.checkpoint(name)) ?? 0n);
    const { events, reached } = await store.readLog({ after: from, limit: page });
    if (reached === from) return from;
    const projected = await this.project(events);
    this.position = undefined;
    if (!(await target.apply(name, from, reached, projected.flatMap(({ writes }) => writes)))) return this.moved(from);
    for (const { stream, folded } of projected) this.states.keep(stream, folded);
    return (this.position = reached);
  }

  /** Up to where the log ends now; answers the position. */
  async catchUp({ signal, progress }: CatchUp = {}): Promise<bigint> {
    const head = await this.options.store.head();
    for (let at = this.position ?? -1n; ; ) {
      if (at >= head) return at;
      signal?.throwIfAborted();
      at = await this.next();
      progress?.(at);
    }
  }

  private async moved(from: bigint): Promise<bigint> {
    const at = (await this.options.target.checkpoint(this.options.name)) ?? 0n;
    if (at === from) throw new Error(`the checkpoint ${this.options.name} stands at ${from} and could not be moved`);
    return at;
  }

  private async project(events: readonly LoggedEvent[]): Promise<Projected<Write>[]> {
    const streams = [...Map.groupBy(events, ({ stream }) => stream)].filter(([stream]) => this.concerned(stream).length > 0);
    const projected: Projected<Write>[] = [];
    for (let i = 0; i < streams.length; i += AT_ONCE) {
      projected.push(...(await Promise.all(streams.slice(i, i + AT_ONCE).map(([stream, added]) => this.projectStream(stream, added)))));
    }
    return projected;
  }

  private async projectStream(stream: string, met: readonly LoggedEvent[]): Promise<Projected<Write>> {
    const added = [...new Map(met.map((event) => [event.revision, event])).values()];
    const before = await this.states.before(stream, added[0]?.revision ?? 0);
    const { folded, events } = this.states.after(before, added);
    const change: StateChange<unknown> = { stream, before: before.state, after: folded.state, revision: folded.revision, events };
    return { stream, folded, writes: this.concerned(stream).flatMap((projection) => projection.write(change)) };
  }

  private concerned(stream: string): readonly InlineProjection<unknown, Write>[] {
    return this.options.projections.filter(({ streamPrefix }) => stream.startsWith(streamPrefix));
  }
}
