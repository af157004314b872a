import type { CommandContext } from '#event-store';
import { existing, ImageCommand } from './image-command.js';
import { NotActiveForDeactivation } from './image.errors.js';
import type { ImageEvent } from './image.events.js';
import type { ImageState } from './image.state.js';

/** Takes an active image out of service, or back into it; nothing happens to one that is there already. */
export class SetActivation extends ImageCommand {
  constructor(context: CommandContext, imageId: string, readonly target: 'active' | 'deactivated') {
    super(context, imageId);
  }
}

const VERBS = { active: 'reactivate', deactivated: 'deactivate' } as const;

export function setActivation({ target, ...command }: SetActivation, state: ImageState): ImageEvent[] {
  const { status } = existing(command, state);
  if (status === target) return [];
  if (status !== 'active' && status !== 'deactivated') throw new NotActiveForDeactivation(VERBS[target], status);
  return [{ type: target === 'active' ? 'ImageReactivated' : 'ImageDeactivated', data: {} }];
}
