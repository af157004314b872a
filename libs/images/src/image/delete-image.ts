import type { CommandContext, Moment } from '#event-store';
import { existing, ImageCommand } from './image-command.js';
import { ImageProtected } from './image.errors.js';
import type { ImageDataPurged, ImageDeleted } from './image.events.js';
import { imageOf } from './image.js';
import type { ImageState } from './image.state.js';

/** With `keepFor` (seconds) the data of an image that is complete stays that long, until a scrubber takes it. */
export class DeleteImage extends ImageCommand {
  constructor(context: CommandContext, imageId: string, readonly keepFor?: number) {
    super(context, imageId);
  }
}

/** Times beyond it would not sort as text. */
const LATEST = Date.parse('9999-12-31T23:59:59.999Z');

export function deleteImage(command: DeleteImage, state: ImageState, { at }: Moment): [ImageDeleted] {
  const image = existing(command, state);
  if (image.protected) throw new ImageProtected(image.id);
  const complete = image.status === 'active' || image.status === 'deactivated';
  if (command.keepFor === undefined || !complete || image.locations.length === 0) return [{ type: 'ImageDeleted', data: {} }];
  const scrubAfter = new Date(Math.min(Date.parse(at) + command.keepFor * 1000, LATEST)).toISOString();
  return [{ type: 'ImageDeleted', data: { scrubAfter } }];
}

/** The stores confirmed that these locations, or the staging area that this attempt, hold no bytes any more. */
export class PurgeImageData extends ImageCommand {
  constructor(context: CommandContext, imageId: string, readonly locationIds: readonly string[]) {
    super(context, imageId);
  }
}

export function purgeImageData(command: PurgeImageData, state: ImageState): ImageDataPurged[] {
  const image = imageOf(command.imageId, state);
  if (!image) return [];
  const staged = image.staged ? [image.staged.uploadId] : [];
  const kept = image.deletedAt === null ? [] : [...image.locations.map(({ id }) => id), ...staged];
  const gone = [...kept, ...image.leftovers.map(({ id }) => id)].filter((id) => command.locationIds.includes(id));
  return gone.length > 0 ? [{ type: 'ImageDataPurged', data: { locationIds: gone } }] : [];
}
