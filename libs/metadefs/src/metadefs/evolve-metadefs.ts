import { newer, older, stampText, type FoldEvent, type Register } from '#event-store';
import type { DefinedEvent, MetadefsEvent, NamespaceAttributes, RemovedEvent } from './metadefs.events.js';
import { KIND_OF, keyOf, type Bodies, type Definition, type Definitions, type Kind, type MetadefsState, type NamespaceState, type ResourceType } from './metadefs.state.js';
import { write, type Registers } from './registers.js';

export function evolveMetadefs(state: MetadefsState, { type, data, meta }: FoldEvent<MetadefsEvent>): MetadefsState {
  const stamp = stampText(meta);
  const event = { type, data } as MetadefsEvent;
  if (event.type === 'ResourceTypeAdded') {
    const { name } = event.data;
    const added = older(state.resourceTypes[name], { value: { ...event.data, createdAt: meta.at }, stamp });
    return { ...state, resourceTypes: Object.assign(Object.create(null) as Record<string, Register<ResourceType>>, state.resourceTypes, { [name]: added }) };
  }
  return { ...state, namespace: apply(state.namespace, event, meta.at, stamp) };
}

function apply(namespace: NamespaceState, event: Exclude<MetadefsEvent, { type: 'ResourceTypeAdded' }>, at: string, stamp: string): NamespaceState {
  switch (event.type) {
    case 'NamespaceCreated':
      return touch({ ...namespace, created: older(namespace.created, { value: { at }, stamp }) }, event.data, at, stamp);
    case 'NamespaceChanged':
      return touch(namespace, event.data.set, at, stamp);
    case 'NamespaceDeleted':
      return { ...namespace, deleted: true };
    default:
      return { ...namespace, definitions: define(namespace.definitions, event, at, stamp) };
  }
}

function touch(namespace: NamespaceState, set: Partial<NamespaceAttributes>, at: string, stamp: string): NamespaceState {
  const attributes = { ...namespace.attributes } as Record<string, Register<unknown>>;
  for (const [name, value] of Object.entries(set)) attributes[name] = newer(attributes[name], { value, stamp });
  return { ...namespace, attributes: attributes as NamespaceState['attributes'], updated: newer(namespace.updated, { value: at, stamp }) };
}

function define(definitions: Definitions, event: DefinedEvent | RemovedEvent, at: string, stamp: string): Definitions {
  const kind = KIND_OF[event.type];
  if (!kind) return definitions;
  const before: Registers<Definition | null> = definitions[kind];
  const key = keyOf(kind, event.data.name);
  return { ...definitions, [kind]: isRemoved(event) ? write(before, key, { value: null, stamp }) : written(before, kind, event, at, stamp) };
}

function written(before: Registers<Definition | null>, kind: Kind, event: DefinedEvent, at: string, stamp: string): Registers<Definition | null> {
  const { name, renamedFrom, since = { at, stamp }, ...body } = event.data;
  const [key, old] = [keyOf(kind, name), keyOf(kind, renamedFrom ?? name)];
  const after = old === key ? before : write(before, old, { value: null, stamp });
  return write(after, key, { value: { name, since, updatedAt: at, body: body as Bodies[Kind] }, stamp });
}

const isRemoved = (event: DefinedEvent | RemovedEvent): event is RemovedEvent => event.type.endsWith('Removed') || event.type.endsWith('Dissociated');
