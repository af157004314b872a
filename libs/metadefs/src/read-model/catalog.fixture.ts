import type { StateChange } from '#event-store';
import type { MetadefsEvent, NamespaceAttributes } from '../metadefs/metadefs.events.js';
import { created, EPOCH, fold, placed } from '../metadefs/metadefs.fixture.js';
import { NOTHING, type MetadefsState } from '../metadefs/metadefs.state.js';
import { streamOf } from '../metadefs/namespace.js';

export const idOf = (n: number): string => `${n.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`;

/** What a projection gets when these events, a second apart, are all that a stream has. */
export function change(stream: string, events: readonly MetadefsEvent[], { ms = EPOCH, site = 'site-a', from = 0 } = {}): StateChange<MetadefsState> {
  const state = fold(events.map((event, i) => placed(event, { n: from + i, ms: ms + i * 1000, site })));
  return { stream, before: NOTHING, after: state, revision: events.length - 1, events: [] };
}

/** The n-th namespace, made n seconds after the first. */
export function namespace(n: number, attributes: Partial<NamespaceAttributes>, ...events: readonly MetadefsEvent[]): StateChange<MetadefsState> {
  return change(streamOf(idOf(n)), [created(attributes), ...events], { ms: EPOCH + n * 1000, from: n * 100 });
}
