import type { CommandContext } from '#event-store';
import { MetadefsCommand } from './metadefs-command.js';
import type { ResourceTypeAdded } from './metadefs.events.js';
import type { MetadefsState } from './metadefs.state.js';
import { RESOURCE_TYPES_STREAM } from './namespace.js';

/** Makes resource types known; those that are stay as they are. */
export class AddResourceTypes extends MetadefsCommand {
  readonly stream = RESOURCE_TYPES_STREAM;

  constructor(context: CommandContext, readonly names: readonly string[], readonly areProtected = false) {
    super(context);
  }
}

export function addResourceTypes({ names, areProtected }: AddResourceTypes, { resourceTypes }: MetadefsState): ResourceTypeAdded[] {
  return [...new Set(names)]
    .filter((name) => !Object.hasOwn(resourceTypes, name))
    .map((name) => ({ type: 'ResourceTypeAdded', data: { name, protected: areProtected } }));
}
