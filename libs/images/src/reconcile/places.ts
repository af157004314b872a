import type { GuardedStore, ListedObject, StagingArea, Stores } from '#stores';
import type { Image } from '../image/image.js';

/** Somewhere that holds image data: a store, or where data waits for its import. */
export interface Place {
  readonly id: string;
  readonly staging: boolean;
  readonly readOnly: boolean;
  readonly holder: GuardedStore | StagingArea;
  /** A file of the place that belongs to another one. */
  isForeign(name: string): boolean;
}

export const stagingPlace = ({ staging }: Stores): Place => ({ id: staging.id, staging: true, readOnly: false, holder: staging, isForeign: () => false });

export function placesOf(stores: Stores, only?: readonly string[]): Place[] {
  const { staging } = stores;
  const kept = stores.list().map((store): Place => ({ id: store.id, staging: false, readOnly: store.readOnly, holder: store, isForeign: (name) => staging.holds(store.id, name) }));
  return [...kept, stagingPlace(stores)].filter(({ id }) => only === undefined || only.includes(id));
}

const IMAGE_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** What is named otherwise is not ours. */
export const isImageId = (name: string): boolean => IMAGE_ID.test(name);

export type Standing = 'known' | 'underway' | 'orphan';

/**
 * What a file is to the image that it is named after. Known is also what waits to be removed by a job. While an upload or
 * import runs, or is to be taken up again by others, nothing of its image is an orphan.
 */
export function standingOf({ url }: Pick<ListedObject, 'url'>, place: Place, image: Image | undefined, plainUrl: (stored: string) => string): Standing {
  if (!image) return 'orphan';
  const staged = image.staged && image.status !== 'deleted' ? [image.staged] : [];
  const places = place.staging ? staged : [...image.locations, ...image.leftovers];
  if (places.some((one) => sameUrl(plainUrl(one.url), url))) return 'known';
  return isUnderway(image) ? 'underway' : 'orphan';
}

export const isUnderway = ({ openUpload, openImport, staged, status }: Image): boolean =>
  status !== 'deleted' && ((openUpload !== null && staged === null) || openImport !== null);

/** Glance did not encode names of directories. */
const sameUrl = (one: string, other: string): boolean => one === other || decoded(one) === decoded(other);

function decoded(url: string): string {
  try {
    return decodeURI(url);
  } catch {
    return url;
  }
}

/** In bounded memory. */
export async function* inBatches<T>(items: AsyncIterable<T>, size: number): AsyncGenerator<readonly T[]> {
  let batch: T[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
