import type { NamespaceAttributes } from './metadefs.events.js';
import { keyOf, type Bodies, type Definition, type Kind, type MetadefsState, type NamespaceState, type ResourceType } from './metadefs.state.js';
import { entries, read, type Registers } from './registers.js';

/** One thing that a namespace defines. Times ISO 8601 with ms. */
export type DefinitionView<K extends Kind> = Bodies[K] & { readonly name: string; readonly createdAt: string; readonly updatedAt: string };

export type Property = DefinitionView<'property'>;
export type MetadefObject = DefinitionView<'object'>;
export type MetadefTag = DefinitionView<'tag'>;
export type Association = DefinitionView<'association'>;

/** A namespace as lists show it. */
export interface Namespace extends Readonly<NamespaceAttributes> {
  readonly id: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Stamp of the event that gave it its name: of several namespaces with one name, the smallest keeps it. */
  readonly named: string;
  /** In the order in which they came. */
  readonly associations: readonly Association[];
}

/** What else is in it. */
export interface NamespaceContent {
  /** By name. */
  readonly properties: readonly Property[];
  readonly objects: readonly MetadefObject[];
  /** In the order in which they came. */
  readonly tags: readonly MetadefTag[];
}

export const METADEFS_STREAMS = 'metadefs-';
export const streamOf = (namespaceId: string): string => `${METADEFS_STREAMS}${namespaceId}`;
export const RESOURCE_TYPES_STREAM = `${METADEFS_STREAMS}resource-types`;

/** undefined where it was not created, or is deleted. */
export function namespaceOf(id: string, { namespace }: MetadefsState): Namespace | undefined {
  const { created, deleted, attributes, updated } = namespace;
  if (!created || deleted) return undefined;
  return {
    id,
    name: attributes.name?.value ?? id,
    displayName: attributes.displayName?.value ?? null,
    description: attributes.description?.value ?? null,
    visibility: attributes.visibility?.value ?? 'private',
    protected: attributes.protected?.value ?? false,
    owner: attributes.owner?.value ?? null,
    createdAt: created.value.at,
    updatedAt: updated?.value ?? created.value.at,
    named: attributes.name?.stamp ?? created.stamp,
    associations: listed(namespace, 'association').toSorted(byAge).map(view),
  };
}

export const contentOf = ({ namespace }: MetadefsState): NamespaceContent => ({
  properties: listed(namespace, 'property').toSorted(byName).map(view),
  objects: listed(namespace, 'object').toSorted(byName).map(view),
  tags: listed(namespace, 'tag').toSorted(byAge).map(view),
});

export const resourceTypesOf = ({ resourceTypes }: MetadefsState): readonly ResourceType[] =>
  Object.values(resourceTypes).toSorted((a, b) => compare(a.stamp, b.stamp)).map(({ value }) => value);

export function find<K extends Kind>({ namespace }: MetadefsState, kind: K, name: string): Definition<K> | undefined {
  return read(namespace.definitions[kind] as Registers<Definition<K> | null>, keyOf(kind, name)) ?? undefined;
}

export const listed = <K extends Kind>({ definitions }: NamespaceState, kind: K): Definition<K>[] =>
  entries(definitions[kind] as Registers<Definition<K> | null>).flatMap(([, definition]) => definition ?? []);

export const view = <K extends Kind>({ name, since, updatedAt, body }: Definition<K>): DefinitionView<K> => ({ ...body, name, createdAt: since.at, updatedAt });

const byName = (a: Definition, b: Definition): number => compare(a.name, b.name);
export const byAge = (a: Definition, b: Definition): number => compare(a.since.at, b.since.at) || compare(a.since.stamp, b.since.stamp) || byName(a, b);

const compare = (a: string, b: string): number => {
  if (a === b) return 0;
  return a < b ? -1 : 1;
};
