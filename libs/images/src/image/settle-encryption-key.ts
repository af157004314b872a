import type { CommandContext } from '#event-store';
import { ImageCommand } from './image-command.js';
import type { ImageEncryptionKeyDeleted, ImageEncryptionKeyKept } from './image.events.js';
import { imageOf } from './image.js';
import { current, type ImageState } from './image.state.js';

/** What came of the key of a deleted image; without `kept`, which says why: it is gone. */
export class SettleEncryptionKey extends ImageCommand {
  constructor(context: CommandContext, imageId: string, readonly keyId: string, readonly kept?: string) {
    super(context, imageId);
  }
}

export function settleEncryptionKey({ imageId, keyId, kept }: SettleEncryptionKey, state: ImageState): (ImageEncryptionKeyDeleted | ImageEncryptionKeyKept)[] {
  const known = current(state)?.image.keys?.[keyId];
  if (imageOf(imageId, state)?.status !== 'deleted' || known === 'deleted') return [];
  if (kept === undefined) return [{ type: 'ImageEncryptionKeyDeleted', data: { keyId } }];
  return known === undefined ? [{ type: 'ImageEncryptionKeyKept', data: { keyId, reason: kept } }] : [];
}
