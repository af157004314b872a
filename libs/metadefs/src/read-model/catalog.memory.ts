import type { InlineProjection, MemoryWrite } from '#event-store';
import type { MetadefsState, ResourceType } from '../metadefs/metadefs.state.js';
import { METADEFS_STREAMS, type Namespace, type NamespaceContent } from '../metadefs/namespace.js';
import { maySee, spareName, type MetadefCatalog, type NamespaceQuery, type NamespaceSortKey } from './catalog.js';
import { namespaceRow, resourceTypesRow, type NamespaceRow, type ResourceTypesRow } from './catalog.projection.js';

export type LiveRow = NamespaceRow & { readonly namespace: Namespace };

/** All namespaces in one map; what it lists is what every other driver must list. */
export class MemoryMetadefCatalog implements MetadefCatalog {
  private readonly rows = new Map<string, NamespaceRow>();
  private types: ResourceTypesRow = { revision: -1, types: [] };

  /** Does nothing where the row already stands at this revision or a later one. */
  put(row: NamespaceRow): void {
    const before = this.rows.get(row.id);
    if (!before || before.revision < row.revision) this.rows.set(row.id, row);
  }

  putTypes(row: ResourceTypesRow): void {
    if (this.types.revision < row.revision) this.types = row;
  }

  async find(name: string): Promise<Namespace | undefined> {
    return shownNamespaces(this.rows.values()).find(({ namespace }) => namespace.name === name)?.namespace;
  }

  async content(id: string): Promise<NamespaceContent | undefined> {
    return this.rows.get(id)?.content;
  }

  async list(query: NamespaceQuery): Promise<readonly Namespace[]> {
    return listNamespaces(this.rows.values(), query);
  }

  async known(ids: readonly string[]): Promise<ReadonlySet<string>> {
    return new Set(ids.filter((id) => this.rows.has(id)));
  }

  async resourceTypes(): Promise<readonly ResourceType[]> {
    return this.types.types;
  }
}

/** Those that are there, under the names by which they are shown; those that keep theirs first. */
export function shownNamespaces(all: Iterable<NamespaceRow>): LiveRow[] {
  const taken = new Set<string>();
  const rows = [...all].filter((row): row is LiveRow => row.namespace !== undefined);
  const [keep, spare]: [LiveRow[], LiveRow[]] = [[], []];
  for (const row of rows.sort((a, b) => text(a.namespace.named, b.namespace.named))) {
    const { id, name } = row.namespace;
    if (taken.has(name)) spare.push({ ...row, namespace: { ...row.namespace, name: spareName(name, id) } });
    else keep.push(row);
    taken.add(name);
  }
  return [...keep, ...spare];
}

/** The page that a query asks for, out of all rows. */
export function listNamespaces(all: Iterable<NamespaceRow>, query: NamespaceQuery): Namespace[] {
  const order = compare(query);
  const rows = shownNamespaces(all);
  const marker = rows.find(({ id }) => id === query.marker);
  if (query.marker !== undefined && !marker) return [];
  return rows
    .filter((row) => matches(row.namespace, query) && (!marker || order(row, marker) > 0))
    .sort(order)
    .slice(0, query.limit)
    .map(({ namespace }) => namespace);
}

export const memoryMetadefsProjection = (catalog: MemoryMetadefCatalog): InlineProjection<MetadefsState, MemoryWrite> => ({
  name: 'metadef-catalog',
  streamPrefix: METADEFS_STREAMS,
  write(change) {
    const [row, types] = [namespaceRow(change), resourceTypesRow(change)];
    return [...(row ? [() => catalog.put(row)] : []), ...(types ? [() => catalog.putTypes(types)] : [])];
  },
});

function matches(namespace: Namespace, { viewer, visibility, owner, resourceTypes }: NamespaceQuery): boolean {
  return maySee(viewer, namespace)
    && (visibility === undefined || namespace.visibility === visibility)
    && (owner === undefined || namespace.owner === owner)
    && (resourceTypes === undefined || namespace.associations.some(({ name }) => resourceTypes.includes(name)));
}

const compare = ({ sort: { key, direction } }: NamespaceQuery) => (a: LiveRow, b: LiveRow): number => {
  const order = text(VALUES[key](a), VALUES[key](b)) || text(a.created, b.created);
  return direction === 'asc' ? order : -order;
};

const VALUES: Readonly<Record<NamespaceSortKey, (row: LiveRow) => string>> = {
  namespace: ({ namespace }) => namespace.name,
  display_name: ({ namespace }) => namespace.displayName ?? '',
  description: ({ namespace }) => namespace.description ?? '',
  visibility: ({ namespace }) => namespace.visibility,
  protected: ({ namespace }) => String(namespace.protected),
  owner: ({ namespace }) => namespace.owner ?? '',
  created_at: ({ namespace }) => namespace.createdAt,
  updated_at: ({ namespace }) => namespace.updatedAt,
  id: ({ created }) => created,
};

/** As its UTF-8 compares, which is code point by code point. */
const text = (a: string, b: string): number => (a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b)));
