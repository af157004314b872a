import { NoData } from '../image/image.errors.js';
import type { ImportOf, ImportParts } from './import-attempt.js';
import { readPlaces } from '../read-places.js';
import type { ImportData } from './import-data-source.js';

/** The bytes of an image that has some, from the first of its places that can be read; verified against what is known of them. */
export function readableCopy({ stores, options }: ImportParts, { image, task }: ImportOf): ImportData {
  const { size, osHashAlgo, osHashValue } = image;
  const places = stores.shown(image.locations).filter(({ uploadId }) => uploadId !== task.uploadId);
  if (size === null || places.length === 0) throw new NoData(image.id);
  return {
    size,
    read: () => readPlaces(stores, options, places),
    diskFormat: image.diskFormat,
    containerFormat: image.containerFormat,
    changes: {},
    ...(osHashAlgo !== null && osHashValue !== null ? { expected: { osHashAlgo, osHashValue } } : {}),
    close: async () => undefined,
  };
}
