import type { CachedImage } from '#stores';
import { InvalidValue } from '../http/api.errors.js';

/** Times in seconds since 1970; 0: never. */
export const cachedView = ({ imageId, hits, lastAccessed, lastModified, size }: CachedImage) =>
  ({ image_id: imageId, hits, last_accessed: lastAccessed, last_modified: lastModified, size });

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** An id that can be the name of a file. */
export function cacheId(id: string): string {
  if (!UUID.test(id)) throw new InvalidValue(`Invalid image id format: ${id.slice(0, 100)}`);
  return id;
}
