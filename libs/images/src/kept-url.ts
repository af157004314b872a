import { hasCredentials } from '#stores';
import { InvalidLocation } from './image/image.errors.js';
import type { ImagesOptions } from './images.options.js';

/** A URL that events are to keep may hold a password only where they keep it sealed. */
export function refuseBareCredentials(url: string, { locationsSealed }: Pick<ImagesOptions, 'locationsSealed'>): void {
  if (!hasCredentials(url) || locationsSealed) return;
  throw new InvalidLocation('The URL has credentials in it, which are kept only where [DEFAULT] metadata_encryption_key is set.');
}
