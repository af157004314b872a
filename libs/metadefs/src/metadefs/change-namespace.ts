import type { CommandContext } from '#event-store';
import { existing, NamespaceCommand } from './metadefs-command.js';
import { NamespaceProtected } from './metadefs.errors.js';
import type { NamespaceAttributes, NamespaceChanged, NamespaceDeleted } from './metadefs.events.js';
import type { MetadefsState } from './metadefs.state.js';

export class ChangeNamespace extends NamespaceCommand {
  constructor(context: CommandContext, namespaceId: string, readonly attributes: NamespaceAttributes) {
    super(context, namespaceId);
  }
}

export function changeNamespace(command: ChangeNamespace, state: MetadefsState): NamespaceChanged[] {
  const namespace = existing(command, state);
  const different = Object.entries(command.attributes).filter(([name, value]) => namespace[name as keyof NamespaceAttributes] !== value);
  return different.length > 0 ? [{ type: 'NamespaceChanged', data: { set: Object.fromEntries(different) } }] : [];
}

export class DeleteNamespace extends NamespaceCommand {}

export function deleteNamespace(command: DeleteNamespace, state: MetadefsState): [NamespaceDeleted] {
  const namespace = existing(command, state);
  if (namespace.protected) throw new NamespaceProtected(namespace.name);
  return [{ type: 'NamespaceDeleted', data: {} }];
}
