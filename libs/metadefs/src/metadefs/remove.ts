import type { CommandContext } from '#event-store';
import { existing, NamespaceCommand } from './metadefs-command.js';
import { DefinitionNotFound, NamespaceProtected } from './metadefs.errors.js';
import type { RemovedEvent } from './metadefs.events.js';
import { REMOVED, type Kind, type MetadefsState } from './metadefs.state.js';
import { find, listed } from './namespace.js';

export class Remove extends NamespaceCommand {
  constructor(context: CommandContext, namespaceId: string, readonly kind: Kind, readonly name: string) {
    super(context, namespaceId);
  }
}

export function remove(command: Remove, state: MetadefsState): [RemovedEvent] {
  const namespace = existing(command, state);
  const { kind, name } = command;
  const found = find(state, kind, name);
  if (!found) throw new DefinitionNotFound(kind, name, namespace.name);
  if (namespace.protected) throw new NamespaceProtected(namespace.name, kind, found.name);
  return [removedEvent(kind, found.name)];
}

/** Everything of a kind. */
export class RemoveAll extends NamespaceCommand {
  constructor(context: CommandContext, namespaceId: string, readonly kind: Kind) {
    super(context, namespaceId);
  }
}

export function removeAll(command: RemoveAll, state: MetadefsState): RemovedEvent[] {
  const namespace = existing(command, state);
  if (namespace.protected) throw new NamespaceProtected(namespace.name);
  return listed(state.namespace, command.kind).map(({ name }) => removedEvent(command.kind, name));
}

export const removedEvent = (kind: Kind, name: string): RemovedEvent => ({ type: REMOVED[kind], data: { name } });
