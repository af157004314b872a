import type { CachedImage } from '#stores';

/** Times in seconds since 1970; 0: never. */
export const cachedView = ({ imageId, hits, lastAccessed, lastModified, size }: CachedImage) =>
  ({ image_id: imageId, hits, last_accessed: lastAccessed, last_modified: lastModified, size });
