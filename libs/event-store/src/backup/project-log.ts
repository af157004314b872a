import type { Deciders } from '../deciders.js';
import type { EventStore } from '../event-store.js';
import type { RecordedEvent } from '../event.js';
import type { InlineProjection } from '../projection.js';
import { StreamReader } from '../stream-reader.js';

/** Of the log, read and projected at a time: what an interruption makes again at most. */
const PAGE = 1_000;
/** Streams that are read at a time. */
const AT_ONCE = 4;

export interface ProjectLog<Inline> {
  readonly store: EventStore;
  readonly deciders: Deciders;
  readonly projections: readonly InlineProjection<unknown, Inline>[];
  /** Position up to which the read models have all. */
  readonly from: bigint;
  /** Makes the writes and notes the position, all or nothing. */
  apply(writes: readonly Inline[], position: bigint): Promise<void>;
  readonly signal?: AbortSignal;
  readonly progress?: (position: bigint) => void;
}

/** Revisions of one stream within a page. */
interface Span {
  readonly first: number;
  readonly last: number;
}

/** Gives inline projections what was written to the log without them, as the appends would have given it, a page at a time. */
export async function projectLog<Inline>(options: ProjectLog<Inline>): Promise<void> {
  const { store, apply, signal, progress } = options;
  const head = await store.head();
  for (let at = options.from; at < head; ) {
    signal?.throwIfAborted();
    const { events, reached } = await store.readLog({ after: at, limit: PAGE });
    const spans = new Map<string, Span>();
    for (const { stream, revision } of events) spans.set(stream, { first: spans.get(stream)?.first ?? revision, last: revision });
    await apply(await writesOf([...spans], options), reached);
    progress?.(reached);
    at = reached;
  }
}

async function writesOf<Inline>(spans: readonly (readonly [string, Span])[], options: ProjectLog<Inline>): Promise<Inline[]> {
  const writes: Inline[][] = [];
  const reader = new StreamReader(options.store, options.deciders);
  for (let i = 0; i < spans.length; i += AT_ONCE) {
    writes.push(...(await Promise.all(spans.slice(i, i + AT_ONCE).map(([stream, span]) => changeOf(stream, span, reader, options)))));
  }
  return writes.flat();
}

async function changeOf<Inline>(stream: string, { first, last }: Span, reader: StreamReader, { deciders, projections }: ProjectLog<Inline>): Promise<Inline[]> {
  const concerned = projections.filter(({ streamPrefix }) => stream.startsWith(streamPrefix));
  if (concerned.length === 0) return [];
  const { events } = await reader.load(stream);
  const decider = deciders.of(stream);
  const folded = (state: unknown, part: readonly RecordedEvent[]): unknown => part.reduce((at, event) => decider.evolve(at, event), state);
  const before = folded(decider.initialState(), events.filter(({ revision }) => revision < first));
  const added = events.filter(({ revision }) => revision >= first && revision <= last);
  const change = { stream, before, after: folded(before, added), revision: last, events: added };
  return concerned.flatMap((projection) => projection.write(change));
}
