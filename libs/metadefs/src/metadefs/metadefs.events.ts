import type { DomainEvent } from '#event-store';

export type NamespaceVisibility = 'public' | 'private';

/** Attributes of a namespace, one last-writer-wins register each. */
export interface NamespaceAttributes {
  /** Unique among the namespaces of a site, as far as they do not come from others. */
  name: string;
  displayName: string | null;
  description: string | null;
  visibility: NamespaceVisibility;
  protected: boolean;
  owner: string | null;
}

/** A property as its definition says it, by the names of JSON Schema; `default` is text, or null for what is no scalar. */
export type PropertySchema = Readonly<Record<string, unknown>>;

/** When a definition came first, where an event defines it anew: what is renamed or changed keeps its age. */
export interface Since {
  /** ISO 8601 with ms. */
  at: string;
  /** Order among definitions of the same time. */
  stamp: string;
}

/** What every event that defines something in a namespace says beside the definition. */
interface Defined {
  name: string;
  renamedFrom?: string;
  since?: Since;
}

export interface ObjectBody {
  description: string | null;
  required: string[] | null;
  properties: Record<string, PropertySchema> | null;
}

export interface AssociationBody {
  /** Put before the name of each property when it is applied to the resource type. */
  prefix: string | null;
  propertiesTarget: string | null;
}

export type NamespaceCreated = DomainEvent<'NamespaceCreated', NamespaceAttributes>;
export type NamespaceChanged = DomainEvent<'NamespaceChanged', { set: Partial<NamespaceAttributes> }>;
/** Final, with all that is in it. */
export type NamespaceDeleted = DomainEvent<'NamespaceDeleted', Record<never, never>>;
export type PropertyDefined = DomainEvent<'PropertyDefined', Defined & { schema: PropertySchema }>;
export type PropertyRemoved = DomainEvent<'PropertyRemoved', { name: string }>;
export type ObjectDefined = DomainEvent<'ObjectDefined', Defined & ObjectBody>;
export type ObjectRemoved = DomainEvent<'ObjectRemoved', { name: string }>;
export type TagDefined = DomainEvent<'TagDefined', Defined>;
export type TagRemoved = DomainEvent<'TagRemoved', { name: string }>;
/** `name` is the resource type's. */
export type ResourceTypeAssociated = DomainEvent<'ResourceTypeAssociated', Defined & AssociationBody>;
export type ResourceTypeDissociated = DomainEvent<'ResourceTypeDissociated', { name: string }>;
/** In the stream of all resource types. `protected`: one of those that came with the default definitions. */
export type ResourceTypeAdded = DomainEvent<'ResourceTypeAdded', { name: string; protected: boolean }>;

export type DefinedEvent = PropertyDefined | ObjectDefined | TagDefined | ResourceTypeAssociated;
export type RemovedEvent = PropertyRemoved | ObjectRemoved | TagRemoved | ResourceTypeDissociated;
export type MetadefsEvent = NamespaceCreated | NamespaceChanged | NamespaceDeleted | DefinedEvent | RemovedEvent | ResourceTypeAdded;

/** Current version of each type's data; older ones are brought up by `metadefs.upcasts.ts`. */
export const METADEFS_EVENT_VERSIONS: Readonly<Record<MetadefsEvent['type'], number>> = {
  NamespaceCreated: 1,
  NamespaceChanged: 1,
  NamespaceDeleted: 1,
  PropertyDefined: 1,
  PropertyRemoved: 1,
  ObjectDefined: 1,
  ObjectRemoved: 1,
  TagDefined: 1,
  TagRemoved: 1,
  ResourceTypeAssociated: 1,
  ResourceTypeDissociated: 1,
  ResourceTypeAdded: 1,
};

/** All of them are replicated and folded everywhere. */
export const METADEFS_EVENT_SCOPES: Readonly<Record<MetadefsEvent['type'], 'every-site'>> = {
  NamespaceCreated: 'every-site',
  NamespaceChanged: 'every-site',
  NamespaceDeleted: 'every-site',
  PropertyDefined: 'every-site',
  PropertyRemoved: 'every-site',
  ObjectDefined: 'every-site',
  ObjectRemoved: 'every-site',
  TagDefined: 'every-site',
  TagRemoved: 'every-site',
  ResourceTypeAssociated: 'every-site',
  ResourceTypeDissociated: 'every-site',
  ResourceTypeAdded: 'every-site',
};
