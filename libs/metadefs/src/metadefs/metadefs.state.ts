import type { Register } from '#event-store';
import type { AssociationBody, DefinedEvent, MetadefsEvent, NamespaceAttributes, ObjectBody, PropertySchema, RemovedEvent, Since } from './metadefs.events.js';
import { NO_REGISTERS, type Registers } from './registers.js';

/** What a namespace holds, each by name. An association is by the name of its resource type. */
export type Kind = 'property' | 'object' | 'tag' | 'association';

/** What each kind of definition says beside its name. */
export interface Bodies {
  property: { schema: PropertySchema };
  object: ObjectBody;
  tag: Record<never, never>;
  association: AssociationBody;
}

export interface Definition<K extends Kind = Kind> {
  readonly name: string;
  readonly since: Since;
  /** ISO 8601 with ms. */
  readonly updatedAt: string;
  readonly body: Bodies[K];
}

/** null: removed. */
export type Definitions = { readonly [K in Kind]: Registers<Definition<K> | null> };

/** Every field merges in any order: registers by the greater stamp, first-wins facts by the smaller. */
export interface NamespaceState {
  readonly created?: Register<{ readonly at: string }>;
  readonly attributes: { readonly [K in keyof NamespaceAttributes]?: Register<NamespaceAttributes[K]> };
  /** Of the creation or change with the greatest stamp. */
  readonly updated?: Register<string>;
  readonly deleted: boolean;
  readonly definitions: Definitions;
}

export interface ResourceType {
  readonly name: string;
  readonly protected: boolean;
  readonly createdAt: string;
}

/** Of one stream: it is either a namespace's or that of all resource types, and the other part stays empty. */
export interface MetadefsState {
  readonly namespace: NamespaceState;
  readonly resourceTypes: Readonly<Record<string, Register<ResourceType>>>;
}

export const NOTHING: MetadefsState = {
  namespace: {
    attributes: {}, deleted: false,
    definitions: { property: NO_REGISTERS, object: NO_REGISTERS, tag: NO_REGISTERS, association: NO_REGISTERS },
  },
  resourceTypes: Object.create(null) as MetadefsState['resourceTypes'],
};

/** Names of tags are one in any case, as clients know it. */
export const keyOf = (kind: Kind, name: string): string => (kind === 'tag' ? name.toLowerCase() : name);

export const DEFINED = {
  property: 'PropertyDefined', object: 'ObjectDefined', tag: 'TagDefined', association: 'ResourceTypeAssociated',
} as const satisfies Record<Kind, DefinedEvent['type']>;

export const REMOVED = {
  property: 'PropertyRemoved', object: 'ObjectRemoved', tag: 'TagRemoved', association: 'ResourceTypeDissociated',
} as const satisfies Record<Kind, RemovedEvent['type']>;

/** The kind that an event is about. */
export const KIND_OF: Readonly<Partial<Record<MetadefsEvent['type'], Kind>>> = Object.fromEntries(
  (['property', 'object', 'tag', 'association'] as const).flatMap((kind) => [[DEFINED[kind], kind], [REMOVED[kind], kind]]),
);
