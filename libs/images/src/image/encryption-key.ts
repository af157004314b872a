import { deletionOf, isScrubbed } from './deletion.js';
import type { ImageEncryptionKeyDeleted, ImageEncryptionKeyKept } from './image.events.js';
import type { ImageStatus } from './image.js';
import type { CreatedIncarnation, Incarnation } from './image.state.js';

/** Cinder's property: the id of the key, in the key manager, that the volume of an image is encrypted with. */
export const KEY_ID = 'cinder_encryption_key_id';
const POLICY = 'cinder_encryption_key_deletion_policy';
const WITH_THE_IMAGE = 'on_image_deletion';

/** The key that has still to go with an image that is deleted for good; null where none has. */
export function keyToDelete(image: CreatedIncarnation, status: ImageStatus): string | null {
  const deletion = deletionOf(image);
  const forGood = status === 'deleted' && (deletion?.scrubAfter === undefined || isScrubbed(image));
  const key = image.properties[KEY_ID]?.value;
  return forGood && key && image.properties[POLICY]?.value === WITH_THE_IMAGE && image.keys?.[key] === undefined ? key : null;
}

type Settled = ImageEncryptionKeyDeleted | ImageEncryptionKeyKept;

/** A key that was kept may be deleted after all, never the other way round. */
export function settleKey(image: Incarnation, { type, data: { keyId } }: Settled): Incarnation {
  if (type === 'ImageEncryptionKeyKept' && image.keys?.[keyId] === 'deleted') return image;
  return { ...image, keys: { ...image.keys, [keyId]: type === 'ImageEncryptionKeyDeleted' ? 'deleted' : 'kept' } };
}
