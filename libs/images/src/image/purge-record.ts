import type { CommandContext } from '#event-store';
import { ImageCommand } from './image-command.js';
import type { ImageRecordPurged } from './image.events.js';
import { imageOf, openWorkOf } from './image.js';
import { current, type ImageState } from './image.state.js';

/** Takes what is kept of an image out of the read model, if it was deleted for good before that time (ISO 8601) and nothing is left to do for it. */
export class PurgeRecord extends ImageCommand {
  constructor(context: CommandContext, imageId: string, readonly extent: ImageRecordPurged['data']['extent'], readonly before: string) {
    super(context, imageId);
  }
}

export function purgeRecord({ imageId, extent, before }: PurgeRecord, state: ImageState): ImageRecordPurged[] {
  const image = imageOf(imageId, state);
  const purged = current(state)?.image.recordPurged;
  if (image?.status !== 'deleted' || image.deletedAt === null || image.deletedAt >= before || openWorkOf(image).length > 0) return [];
  return purged === 'row' || purged === extent ? [] : [{ type: 'ImageRecordPurged', data: { extent } }];
}
