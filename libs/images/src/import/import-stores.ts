import type { Stores } from '#stores';
import { BadImport } from '../image/import.errors.js';
import type { ImportMethod } from '../image/import.events.js';
import { StoreNotEnabled } from '../image/image.errors.js';
import type { Image } from '../image/image.js';

/** What a client says of the stores; absent: the default one. */
export interface AskedStores {
  readonly stores?: readonly string[];
  readonly allStores: boolean;
  readonly allStoresMustSucceed: boolean;
  /** `X-Image-Meta-Store` */
  readonly header?: string;
}

/** The stores that an import is to reach, none twice; none at all where a copy would bring nothing new. */
export function storesFor(asked: AskedStores, method: ImportMethod, image: Image, stores: Stores): readonly string[] {
  if (!stores.several) {
    if (!asked.allStoresMustSucceed) throw new BadImport('all_stores_must_succeed can only be set with enabled_backends.');
    // Glance copies to its only store once more and fails at that.
    if (method === 'copy-image') throw presentAt(stores.default.id);
    return [stores.default.id];
  }
  const wanted = [...new Set(named(asked, stores))];
  const refused = wanted.find((id) => stores.find(id)?.readOnly !== false);
  if (refused !== undefined) throw new StoreNotEnabled(refused);
  if (method !== 'copy-image') return wanted;
  const missing = wanted.filter((id) => !image.locations.some(({ store }) => store === id));
  const present = wanted.find((id) => !missing.includes(id));
  if (present !== undefined && !asked.allStores) throw presentAt(present);
  return missing;
}

function named({ stores: asked, allStores, header }: AskedStores, stores: Stores): readonly string[] {
  if (allStores) {
    if (asked !== undefined || header !== undefined) throw new BadImport("all_stores cannot be used with the stores parameter or the header x-image-meta-store.");
    return stores.list().filter(({ readOnly }) => !readOnly).map(({ id }) => id);
  }
  if (asked === undefined) return [header ?? stores.default.id];
  if (header !== undefined) throw new BadImport('The stores parameter and the header x-image-meta-store cannot be used together.');
  if (asked.length === 0) throw new BadImport("'stores' names no store.");
  return asked;
}

const presentAt = (store: string): BadImport => new BadImport(`Image is already present at store '${store}'`);
