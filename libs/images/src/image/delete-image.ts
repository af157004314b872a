import type { CommandContext } from '#event-store';
import { existing, ImageCommand } from './image-command.js';
import { ImageProtected } from './image.errors.js';
import type { ImageDataPurged, ImageDeleted } from './image.events.js';
import { imageOf } from './image.js';
import type { ImageState } from './image.state.js';

export class DeleteImage extends ImageCommand {}

export function deleteImage(command: DeleteImage, state: ImageState): [ImageDeleted] {
  const image = existing(command, state);
  if (image.protected) throw new ImageProtected(image.id);
  return [{ type: 'ImageDeleted', data: {} }];
}

/** The stores confirmed that these locations hold no bytes any more. */
export class PurgeImageData extends ImageCommand {
  constructor(context: CommandContext, imageId: string, readonly locationIds: readonly string[]) {
    super(context, imageId);
  }
}

export function purgeImageData(command: PurgeImageData, state: ImageState): ImageDataPurged[] {
  const image = imageOf(command.imageId, state);
  if (!image || image.deletedAt === null) return [];
  const gone = image.locations.map(({ id }) => id).filter((id) => command.locationIds.includes(id));
  return gone.length > 0 ? [{ type: 'ImageDataPurged', data: { locationIds: gone } }] : [];
}
