import type { Principal } from '#access';
import type { Stores } from '#stores';
import type { Image } from './image/image.js';

/**
 * An image as this caller is told of it: the heaviest store's location first, equal ones in the order in which the
 * stores are configured; none of a deactivated image's but to an admin.
 */
export function presented(caller: Principal, image: Image, stores: Stores): Image {
  if (image.status === 'deactivated' && !caller.admin) return { ...image, locations: [] };
  return image.locations.length < 2 ? image : { ...image, locations: stores.shown(image.locations) };
}
