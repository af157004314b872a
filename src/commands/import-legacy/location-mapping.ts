import type { ImageLocationAdded } from '#images';
import { hasCredentials, redactUrl, type Stores } from '#stores';
import type { LegacyFinding } from './finding.js';
import type { OldKey } from './old-key.js';
import { partId } from './old-ids.js';
import { objectOf } from './row-values.js';
import type { Row } from './source/legacy-database.js';

export interface LocationTools {
  readonly stores: Pick<Stores, 'find' | 'forUrl' | 'several'>;
  readonly key: OldKey;
  /** As events keep a URL. */
  readonly encrypt: (url: string) => string;
  /** True: nobody who reads the events can read what `encrypt` gives. */
  readonly sealed: boolean;
}

type Place = Omit<ImageLocationAdded['data'], 'uploadId'>;

/** Glance's names of the types of stores, by the schemes that they used. */
const TYPES: Readonly<Record<string, string>> = {
  'file': 'file', 'filesystem': 'file', 'http': 'http', 'https': 'http', 'rbd': 'rbd', 'cinder': 'cinder', 'vsphere': 'vmware', 'sheepdog': 'sheepdog',
  's3': 's3', 's3+http': 's3', 's3+https': 's3', 'swift': 'swift', 'swift+http': 'swift', 'swift+https': 'swift', 'swift+config': 'swift',
};

/** A place cannot be kept: the image is not imported. */
export class Unkept extends Error {}

/** Throws `Unkept`, or `LegacyKeyWrong` where no location was opened before. */
export function mapLocation(row: Row, old: string, imageId: string, { stores, key, encrypt, sealed }: LocationTools, found: (finding: LegacyFinding) => void): Place {
  const url = key.open(row['value'] ?? '', old);
  if (url === undefined) throw new Unkept('one of its locations is encrypted with another key; put that location right in the old database, or give the key that opens it, and import again');
  if (hasCredentials(url) && !sealed) throw new Unkept(`its location ${redactUrl(url)} has credentials in it, which are kept only where [DEFAULT] metadata_encryption_key of the new configuration is set: set it and import again`);
  const metadata = objectOf(row['meta_data']);
  if (!metadata) found({ kind: 'metadata', what: old, detail: `the metadata of its location ${redactUrl(url)} is no JSON and is left out` });
  const { store: named, ...own } = metadata ?? {};
  const asked = typeof named === 'string' ? stores.find(named) : undefined;
  const configured = asked?.owns(url) ? asked.id : stores.forUrl(url)?.id;
  const store = configured ?? spareStore(url, named);
  if (configured === undefined) found({ kind: 'unplaced', what: old, detail: `${redactUrl(url)} lies in no configured store; it is kept as one of the store '${store}': configure a store of that name that holds it` });
  return { locationId: partId(imageId, `location/${row['id']}`), store, url: encrypt(url), metadata: stores.several ? own : (metadata ?? {}) };
}

function spareStore(url: string, named: unknown): string {
  if (typeof named === 'string' && named !== '') return named;
  const scheme = url.slice(0, url.indexOf(':')).toLowerCase();
  return TYPES[scheme] ?? scheme;
}
