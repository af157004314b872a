import type { CommandContext } from '#event-store';
import { definedEvent, refuseTooMany, type NewDefinition } from './define.js';
import { NamespaceCommand } from './metadefs-command.js';
import { DefinitionExists, NamespaceExists } from './metadefs.errors.js';
import type { DefinedEvent, NamespaceAttributes, NamespaceCreated } from './metadefs.events.js';
import { keyOf, type Kind, type MetadefsState } from './metadefs.state.js';

/** A namespace with all that it defines from the start. */
export class CreateNamespace extends NamespaceCommand {
  override readonly creates = true;

  constructor(context: CommandContext, namespaceId: string, readonly attributes: NamespaceAttributes, readonly definitions: readonly NewDefinition[]) {
    super(context, namespaceId);
  }
}

export function createNamespace({ attributes, definitions }: CreateNamespace, { namespace }: MetadefsState): [NamespaceCreated, ...DefinedEvent[]] {
  if (namespace.created || namespace.deleted) throw new NamespaceExists(attributes.name);
  const seen = new Set<string>();
  const counts: Partial<Record<Kind, number>> = {};
  for (const { kind, name } of definitions) {
    const key = JSON.stringify([kind, keyOf(kind, name)]);
    if (seen.has(key)) throw new DefinitionExists(kind, name, attributes.name);
    seen.add(key);
    counts[kind] = (counts[kind] ?? 0) + 1;
    refuseTooMany(kind, counts[kind]);
  }
  return [{ type: 'NamespaceCreated', data: attributes }, ...definitions.map((definition) => definedEvent(definition))];
}
