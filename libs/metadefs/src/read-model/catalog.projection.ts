import type { StateChange } from '#event-store';
import type { MetadefsState } from '../metadefs/metadefs.state.js';
import { contentOf, METADEFS_STREAMS, namespaceOf, RESOURCE_TYPES_STREAM, resourceTypesOf, type Namespace, type NamespaceContent } from '../metadefs/namespace.js';
import type { ResourceType } from '../metadefs/metadefs.state.js';

/** One namespace, whole. Rows stay when it is gone, empty: its id is never used again. */
export interface NamespaceRow {
  readonly id: string;
  readonly revision: number;
  /** Stamp of its creation; '' where it is gone. */
  readonly created: string;
  readonly namespace: Namespace | undefined;
  readonly content: NamespaceContent | undefined;
}

export interface ResourceTypesRow {
  readonly revision: number;
  readonly types: readonly ResourceType[];
}

/** undefined where the stream has neither creation nor deletion yet: events of other sites may come before them. */
export function namespaceRow({ stream, after, revision }: StateChange<MetadefsState>): NamespaceRow | undefined {
  if (stream === RESOURCE_TYPES_STREAM) return undefined;
  const { created, deleted } = after.namespace;
  if (!created && !deleted) return undefined;
  const id = stream.slice(METADEFS_STREAMS.length);
  const namespace = namespaceOf(id, after);
  return { id, revision, created: created?.stamp ?? '', namespace, content: namespace && contentOf(after) };
}

export const resourceTypesRow = ({ stream, after, revision }: StateChange<MetadefsState>): ResourceTypesRow | undefined =>
  stream === RESOURCE_TYPES_STREAM ? { revision, types: resourceTypesOf(after) } : undefined;
