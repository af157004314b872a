import type { PolicyTarget, Principal } from '#access';
import type { Image } from './image/image.js';
import { membershipOf } from './read-model/viewer.js';

/**
 * An image as rules look at it: its fields by the API's names, its custom properties, and how the caller stands to it. No member is
 * not `None`: callers of no project are none either.
 */
export const policyTarget = (image: Image, caller: Principal): PolicyTarget => ({
  ...image.properties,
  id: image.id,
  image_id: image.id,
  name: image.name,
  status: image.status,
  visibility: image.visibility,
  owner: image.owner,
  project_id: image.owner,
  member_id: membershipOf(caller, image)?.member,
  disk_format: image.diskFormat,
  container_format: image.containerFormat,
  min_disk: image.minDisk,
  min_ram: image.minRam,
  protected: image.protected,
  os_hidden: image.hidden,
  size: image.size,
  virtual_size: image.virtualSize,
  checksum: image.checksum,
  os_hash_algo: image.osHashAlgo,
  os_hash_value: image.osHashValue,
  created_at: image.createdAt,
  updated_at: image.updatedAt,
  tags: image.tags,
});
