import type { Deciders } from '../deciders.js';
import type { EventStore } from '../event-store.js';
import type { LoggedEvent, RecordedEvent } from '../event.js';
import type { InlineProjection } from '../projection.js';

/** Of the log, read and projected at a time: what an interruption makes again at most. */
const PAGE = 2_000;
/** Streams that are read at a time. */
const AT_ONCE = 4;

export interface ProjectLog<Inline> {
  readonly store: EventStore;
  readonly deciders: Deciders;
  readonly projections: readonly InlineProjection<unknown, Inline>[];
  /** Position up to which the read models have all. */
  readonly from: bigint;
  /** Makes the writes of some streams' changes and notes the position, all or nothing. */
  apply(changes: readonly (readonly Inline[])[], position: bigint): Promise<void>;
  readonly signal?: AbortSignal;
  readonly progress?: (position: bigint) => void;
}

/** Gives inline projections what was written to the log without them, as appends would have given it, a page at a time. */
export async function projectLog<Inline>(options: ProjectLog<Inline>): Promise<void> {
  const { store, apply, signal, progress } = options;
  const head = await store.head();
  for (let at = options.from; at < head; ) {
    signal?.throwIfAborted();
    const { events, reached } = await store.readLog({ after: at, limit: PAGE });
    const streams = [...Map.groupBy(events, ({ stream }) => stream)];
    const changes: (readonly Inline[])[] = [];
    for (let i = 0; i < streams.length; i += AT_ONCE) changes.push(...(await Promise.all(streams.slice(i, i + AT_ONCE).map(([stream, added]) => changeOf(stream, added, options)))));
    await apply(changes.filter((writes) => writes.length > 0), reached);
    progress?.(reached);
    at = reached;
  }
}

async function changeOf<Inline>(stream: string, added: readonly LoggedEvent[], { store, deciders, projections }: ProjectLog<Inline>): Promise<Inline[]> {
  const concerned = projections.filter(({ streamPrefix }) => stream.startsWith(streamPrefix));
  const [first] = added;
  if (concerned.length === 0 || !first) return [];
  const decider = deciders.of(stream);
  const opened = (events: readonly LoggedEvent[] | Awaited<ReturnType<EventStore['readStream']>>): RecordedEvent[] => events.flatMap((event) => deciders.open(event) ?? []);
  const folded = (state: unknown, events: readonly RecordedEvent[]): unknown => events.reduce((at, event) => decider.evolve(at, event), state);
  const earlier = first.revision === 0 ? [] : await store.readStream(stream, { limit: first.revision });
  const before = folded(decider.initialState(), opened(earlier));
  const events = opened(added);
  const change = { stream, before, after: folded(before, events), revision: added.at(-1)?.revision ?? first.revision, events };
  return concerned.flatMap((projection) => projection.write(change));
}
