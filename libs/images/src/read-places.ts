import { StoreUnavailable, type ByteRange, type Stores } from '#stores';
import type { LocatedData } from './image/image.js';
import type { ImagesOptions } from './images.options.js';

/** The bytes from the first of the places that answers; fails as the last of them does. */
export async function readPlaces(stores: Stores, { decryptLocation }: Pick<ImagesOptions, 'decryptLocation'>, places: readonly LocatedData[], range?: ByteRange): Promise<AsyncIterable<Buffer>> {
  let failure: unknown;
  for (const { store, url } of places) {
    try {
      const found = stores.find(store);
      if (!found) throw new StoreUnavailable(store, `The store ${store}, which has the data, is not configured any more.`);
      return await found.read(decryptLocation(url), range);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}
