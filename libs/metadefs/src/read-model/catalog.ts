import type { NamespaceVisibility } from '../metadefs/metadefs.events.js';
import type { ResourceType } from '../metadefs/metadefs.state.js';
import type { Namespace, NamespaceContent } from '../metadefs/namespace.js';

/** Whose eyes: an admin sees every namespace; a project its own and public ones. */
export interface Viewer {
  readonly admin: boolean;
  readonly project: string | null;
}

export const maySee = ({ admin, project }: Viewer, { visibility, owner }: Pick<Namespace, 'visibility' | 'owner'>): boolean =>
  admin || visibility === 'public' || (project !== null && owner === project);

export const NAMESPACE_SORT_KEYS = [
  'namespace', 'display_name', 'description', 'visibility', 'protected', 'owner', 'created_at', 'updated_at', 'id',
] as const;
export type NamespaceSortKey = (typeof NAMESPACE_SORT_KEYS)[number];

export interface NamespaceQuery {
  readonly viewer: Viewer;
  readonly visibility?: NamespaceVisibility;
  readonly owner?: string;
  /** Associated with any one of them. */
  readonly resourceTypes?: readonly string[];
  /** Text by code point, what is missing as an empty text; then by creation. `id` is the order of creation. */
  readonly sort: { readonly key: NamespaceSortKey; readonly direction: 'asc' | 'desc' };
  readonly limit: number;
  /** Id of a namespace, exclusive; the page after it. An unknown one: nothing. */
  readonly marker?: string;
}

/**
 * The namespaces as lists and single reads show them. Written only by the projections, in the append's own transaction
 * where the event store can.
 *
 * Names are unique where they are given; sites that merge may bring two namespaces of one name. The one that was named
 * first keeps it; another is shown, and found, as the name (cut to 71 characters), `~` and the first 8 digits of its id.
 */
export interface MetadefCatalog {
  /** undefined where there is none, or not any more. */
  find(name: string): Promise<Namespace | undefined>;
  /** All that is in it; undefined where it is gone. */
  content(id: string): Promise<NamespaceContent | undefined>;
  list(query: NamespaceQuery): Promise<readonly Namespace[]>;
  /** Those of the ids that a namespace has or once had. */
  known(ids: readonly string[]): Promise<ReadonlySet<string>>;
  /** In the order in which they were added. */
  resourceTypes(): Promise<readonly ResourceType[]>;
}

const LONGEST_CUT = 71;

/** For a namespace that has to do without its own name. */
export const spareName = (name: string, id: string): string => `${Array.from(name).slice(0, LONGEST_CUT).join('')}~${id.slice(0, 8)}`;

export const isSpareName = (name: string): boolean => /~[0-9a-f]{8}$/.test(name);
