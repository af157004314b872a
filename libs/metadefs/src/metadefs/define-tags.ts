import type { CommandContext } from '#event-store';
import { definedEvent, refuseTooMany } from './define.js';
import { existing, NamespaceCommand } from './metadefs-command.js';
import { DefinitionExists } from './metadefs.errors.js';
import type { DefinedEvent, RemovedEvent } from './metadefs.events.js';
import { keyOf, type MetadefsState } from './metadefs.state.js';
import { find, listed } from './namespace.js';
import { removedEvent } from './remove.js';

/** Several tags at once: instead of those that are there, or beside them. */
export class DefineTags extends NamespaceCommand {
  constructor(context: CommandContext, namespaceId: string, readonly names: readonly string[], readonly append: boolean) {
    super(context, namespaceId);
  }
}

export function defineTags(command: DefineTags, state: MetadefsState): (DefinedEvent | RemovedEvent)[] {
  const namespace = existing(command, state);
  const { names, append } = command;
  const seen = new Set<string>();
  for (const name of names) {
    const key = keyOf('tag', name);
    if (seen.has(key) || (append && find(state, 'tag', name))) throw new DefinitionExists('tag', name, namespace.name);
    seen.add(key);
  }
  const before = listed(state.namespace, 'tag');
  refuseTooMany('tag', append ? before.length + names.length : names.length);
  // No tags at all change nothing, as clients know it: DELETE is there to remove them.
  if (names.length === 0) return [];
  const gone = append ? [] : before.filter(({ name }) => !seen.has(keyOf('tag', name)));
  return [
    ...gone.map(({ name }) => removedEvent('tag', name)),
    ...names.map((name) => definedEvent({ kind: 'tag', name })),
  ];
}
