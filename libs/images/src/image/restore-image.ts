import { ImageCommand } from './image-command.js';
import { NotPendingDelete, ScrubbedAlready } from './deletion.errors.js';
import { ImageNotFound } from './image.errors.js';
import { isScrubbed } from './deletion.js';
import type { ImageRestored } from './image.events.js';
import { imageOf } from './image.js';
import { current, type ImageState } from './image.state.js';

/** Takes back a deletion that waits for a scrubber. The caller has seen to it that none runs, and that the data is there. */
export class RestoreImage extends ImageCommand {}

export function restoreImage(command: RestoreImage, state: ImageState): [ImageRestored] {
  const image = imageOf(command.imageId, state);
  if (!image) throw new ImageNotFound(command.imageId);
  if (image.status !== 'pending_delete') throw new NotPendingDelete(image.id, image.status);
  const incarnation = current(state)?.image;
  if (incarnation && isScrubbed(incarnation)) throw new ScrubbedAlready(image.id);
  return [{ type: 'ImageRestored', data: {} }];
}
