import type { CommandContext } from '#event-store';
import { ImageCommand } from './image-command.js';
import { ImageIdTaken } from './image.errors.js';
import type { ImageCreated } from './image.events.js';
import type { ImageState } from './image.state.js';
import { withinQuota, type ImageQuotas } from './quotas.js';

export type NewImage = Omit<ImageCreated['data'], 'home' | 'spelling'>;

export class CreateImage extends ImageCommand {
  override readonly creates = true;

  constructor(context: CommandContext, imageId: string, readonly image: NewImage, readonly home: string, readonly quotas: ImageQuotas) {
    super(context, imageId);
  }
}

export function createImage(command: CreateImage, state: ImageState): [ImageCreated] {
  if (Object.keys(state.incarnations).length > 0) throw new ImageIdTaken(command.imageId);
  const { image, quotas, home } = command;
  const tags = [...new Set(image.tags)];
  withinQuota('properties', Object.keys(image.properties).length, quotas.properties);
  withinQuota('tags', tags.length, quotas.tags);
  const spelling = command.imageId === command.imageId.toLowerCase() ? {} : { spelling: command.imageId };
  return [{ type: 'ImageCreated', data: { ...image, ...spelling, tags, home } }];
}
