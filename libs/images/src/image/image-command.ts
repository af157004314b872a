import { StreamCommand, type CommandContext } from '#event-store';
import { ImageNotFound } from './image.errors.js';
import { imageOf, streamOf, type Image } from './image.js';
import type { ImageState } from './image.state.js';

/** A command on one image, existing or not. */
export abstract class ImageCommand extends StreamCommand<ImageState> {
  readonly stream: string;

  constructor(context: CommandContext, readonly imageId: string) {
    super(context);
    this.stream = streamOf(imageId);
  }
}

/** The image that a command is about; deleted ones are gone for every command but the purge of their data. */
export function existing(command: ImageCommand, state: ImageState): Image {
  const image = imageOf(command.imageId, state);
  if (!image || image.status === 'deleted' || image.status === 'pending_delete') throw new ImageNotFound(command.imageId);
  return image;
}
