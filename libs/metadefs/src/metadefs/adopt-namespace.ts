import type { CommandContext } from '#event-store';
import { definedEvent, type NewDefinition } from './define.js';
import { MetadefsCommand, NamespaceCommand } from './metadefs-command.js';
import type { MetadefsEvent, NamespaceAttributes, RemovedEvent, ResourceTypeAdded } from './metadefs.events.js';
import { keyOf, REMOVED, type Kind, type MetadefsState } from './metadefs.state.js';
import { listed, namespaceOf, RESOURCE_TYPES_STREAM, type Namespace } from './namespace.js';

/** Times ISO 8601 with ms. */
interface Times {
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface AdoptedDefinition extends Times {
  readonly definition: NewDefinition;
  /** Among those of one time the smaller text came first. */
  readonly order: string;
}

/** A namespace as another installation had it; each name once of each kind. */
export interface AdoptedNamespace extends Times {
  readonly attributes: NamespaceAttributes;
  readonly definitions: readonly AdoptedDefinition[];
}

/**
 * Takes a namespace over from another installation. One that stands under the id already gives way where nobody has touched
 * it since it was loaded; any other stays, deleted ones too, and nothing happens.
 */
export class AdoptNamespace extends NamespaceCommand {
  constructor(context: CommandContext, namespaceId: string, readonly adopted: AdoptedNamespace) {
    super(context, namespaceId);
  }
}

const KINDS: readonly Kind[] = ['property', 'object', 'tag', 'association'];

export function adoptNamespace({ namespaceId, adopted }: AdoptNamespace, state: MetadefsState): MetadefsEvent[] {
  const { attributes, definitions, createdAt, updatedAt } = adopted;
  const { name: _, ...changeable } = attributes;
  const defined = definitions.map(({ definition, order, ...times }) => ({ ...definedEvent(definition, { since: { at: times.createdAt, stamp: order } }), at: times.updatedAt }));
  if (state.namespace.created || state.namespace.deleted) {
    const here = namespaceOf(namespaceId, state);
    if (here?.name !== attributes.name || here.createdAt === createdAt || !isUntouched(here, state)) return [];
    return [{ type: 'NamespaceChanged', data: { set: changeable }, at: updatedAt }, ...removals(state, definitions), ...defined];
  }
  const changed: MetadefsEvent[] = createdAt === updatedAt ? [] : [{ type: 'NamespaceChanged', data: { set: { displayName: attributes.displayName } }, at: updatedAt }];
  return [{ type: 'NamespaceCreated', data: attributes, at: createdAt }, ...changed, ...defined];
}

/** As it was loaded at the start of a server: all of it at one moment. */
function isUntouched({ createdAt, updatedAt }: Namespace, state: MetadefsState): boolean {
  const times = KINDS.flatMap((kind) => listed(state.namespace, kind).flatMap((definition) => [definition.since.at, definition.updatedAt]));
  return [updatedAt, ...times].every((at) => at === createdAt);
}

function removals(state: MetadefsState, kept: readonly AdoptedDefinition[]): RemovedEvent[] {
  const keys = new Set(kept.map(({ definition: { kind, name } }) => JSON.stringify([kind, keyOf(kind, name)])));
  return KINDS.flatMap((kind) => listed(state.namespace, kind)
    .filter(({ name }) => !keys.has(JSON.stringify([kind, keyOf(kind, name)])))
    .map(({ name }) => ({ type: REMOVED[kind], data: { name } })));
}

export interface AdoptedResourceType {
  readonly name: string;
  readonly protected: boolean;
  readonly createdAt: string;
}

/** Makes resource types of another installation known; those that are stay as they are. */
export class AdoptResourceTypes extends MetadefsCommand {
  readonly stream = RESOURCE_TYPES_STREAM;

  constructor(context: CommandContext, readonly types: readonly AdoptedResourceType[]) {
    super(context);
  }
}

export function adoptResourceTypes({ types }: AdoptResourceTypes, { resourceTypes }: MetadefsState): ResourceTypeAdded[] {
  return types
    .filter(({ name }, i) => !Object.hasOwn(resourceTypes, name) && types.findIndex((other) => other.name === name) === i)
    .map(({ createdAt, ...data }) => ({ type: 'ResourceTypeAdded', data, at: createdAt }));
}
