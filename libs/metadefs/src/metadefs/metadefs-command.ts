import { StreamCommand, type CommandContext } from '#event-store';
import { NamespaceNotFound } from './metadefs.errors.js';
import type { MetadefsState } from './metadefs.state.js';
import { namespaceOf, streamOf, type Namespace } from './namespace.js';

export abstract class MetadefsCommand extends StreamCommand<MetadefsState> {}

/** A command on one namespace, existing or not. */
export abstract class NamespaceCommand extends MetadefsCommand {
  readonly stream: string;

  constructor(context: CommandContext, readonly namespaceId: string) {
    super(context);
    this.stream = streamOf(namespaceId);
  }
}

/** The namespace that a command is about; deleted ones are gone for every command. */
export function existing(command: NamespaceCommand, state: MetadefsState): Namespace {
  const namespace = namespaceOf(command.namespaceId, state);
  if (!namespace) throw new NamespaceNotFound(state.namespace.attributes.name?.value ?? command.namespaceId);
  return namespace;
}
