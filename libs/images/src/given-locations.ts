import { Inject, Injectable } from '@nestjs/common';
import { DataNotFound, DataTooLarge, hashLength, Stores, type GuardedStore } from '#stores';
import type { ImageChange } from './image/change-image.js';
import type { GivenLocation, LocationChange, ValidationData } from './image/change-locations.js';
import { InvalidLocation, ValidationDataConflict } from './image/image.errors.js';
import type { Image } from './image/image.js';
import { refuseBareCredentials } from './kept-url.js';
import { withinQuota } from './image/quotas.js';
import { IMAGES_OPTIONS, type ImagesOptions } from './images.options.js';

/** A place of an image's data as a client names it. */
export interface AskedLocation {
  readonly url: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly validation?: ValidationData;
}

export type AskedLocationChange =
  | { readonly kind: 'location'; readonly op: 'add'; readonly at?: number; readonly location: AskedLocation }
  | { readonly kind: 'location'; readonly op: 'remove'; readonly at?: number }
  | { readonly kind: 'location'; readonly op: 'replace'; readonly locations: readonly AskedLocation[] };

/** A step of a change as clients ask for it: places are still to be looked at. */
export type AskedChange = Exclude<ImageChange, { readonly kind: 'location' }> | AskedLocationChange;

/** Stores that would hand out files of this host, or another's configuration. */
const RESTRICTED = /^(?:file|filesystem|swift\+config|memory)$/;

/** Looks at the places that clients name before an image may have them. The http store fetches nothing that the URI filter refuses. */
@Injectable()
export class GivenLocations {
  constructor(
    private readonly stores: Stores,
    @Inject(IMAGES_OPTIONS) private readonly options: ImagesOptions,
  ) {}

  /** The steps of a change with every place looked at; no more are asked for than an image may have. */
  async resolve(changes: readonly AskedChange[], image: Image): Promise<ImageChange[]> {
    withinQuota('locations', changes.reduce((sum, change) => sum + namedBy(change), 0), this.options.quotas.locations);
    const steps: ImageChange[] = [];
    for (const change of changes) steps.push(change.kind === 'location' ? await this.step(change, image) : change);
    return steps;
  }

  private async step(change: AskedLocationChange, image: Image): Promise<LocationChange> {
    switch (change.op) {
      case 'remove':
        return change;
      case 'add':
        this.checkHashes(change.location);
        return { ...change, location: await this.check(change.location) };
      case 'replace':
        change.locations.forEach((location) => this.checkHashes(location));
        return { ...change, locations: await this.replacement(change.locations, image) };
    }
  }

  /** Fails with the reason why the place cannot be an image's. */
  async check(asked: AskedLocation): Promise<GivenLocation> {
    return this.look(asked).catch((error: unknown) => {
      throw error instanceof DataNotFound ? new InvalidLocation('Invalid location: there is no data.') : error;
    });
  }

  /** As `check`; where nothing is, the store says so. */
  async look(asked: AskedLocation): Promise<GivenLocation> {
    const { url, validation } = asked;
    const store = this.storeOf(url);
    refuseBareCredentials(url, this.options);
    const size = await store.size(url);
    if (size === 0) throw new InvalidLocation('Invalid location: there is no data.');
    if (size > this.options.imageSizeCap) throw new DataTooLarge(store.id, this.options.imageSizeCap);
    return { store: store.id, url: this.options.encryptLocation(url), metadata: this.metadataOf(asked), size, ...(validation ? { validation } : {}) };
  }

  private storeOf(url: string): GuardedStore {
    const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase() ?? '';
    const store = RESTRICTED.test(scheme) ? undefined : this.stores.forUrl(url);
    if (!store) throw new InvalidLocation(`Invalid location: no store takes URLs of the scheme '${scheme}' from clients.`);
    return store;
  }

  /** What the image has already is not asked for again: it may be of a kind that clients could not add. */
  private async replacement(asked: readonly AskedLocation[], image: Image): Promise<GivenLocation[]> {
    const known = new Map(image.locations.map((location) => [this.options.decryptLocation(location.url), location]));
    if (asked.every(({ url }) => known.has(url))) {
      return asked.flatMap((one) => {
        const { url, validation } = one;
        const location = known.get(url);
        return location ? [{ store: location.store, url: location.url, metadata: this.metadataOf(one), size: image.size ?? 0, ...(validation ? { validation } : {}) }] : [];
      });
    }
    for (const { url } of asked) if (!known.has(url)) this.storeOf(url);
    // Refused in any case where the image has locations: nothing need be fetched for that.
    if (known.size > 0) return asked.map(({ url, metadata }) => ({ store: '', url: this.options.encryptLocation(url), metadata, size: 0 }));
    const checked: GivenLocation[] = [];
    for (const one of asked) checked.push(await this.check(one));
    return checked;
  }

  /** The name of the store is shown as a part of the metadata, and comes back with it. */
  private metadataOf({ metadata }: AskedLocation): Readonly<Record<string, unknown>> {
    if (!this.stores.several) return metadata;
    const { store: _store, ...own } = metadata;
    return own;
  }

  private checkHashes({ validation }: AskedLocation): void {
    if (validation) checkHashes(validation, this.options.hashingAlgorithm);
  }
}

/** Places that a step names. */
function namedBy(change: AskedChange): number {
  if (change.kind !== 'location' || change.op === 'remove') return 0;
  return change.op === 'add' ? 1 : change.locations.length;
}

function checkHashes({ checksum, osHashAlgo, osHashValue }: ValidationData, configured: string): void {
  const refuse = (why: string) => new ValidationDataConflict(why);
  const isHex = (text: string) => /^(?:[0-9a-f]{2})+$/i.test(text);
  if (checksum !== undefined && !isHex(checksum)) throw refuse(`checksum (${checksum}) is not a valid hexadecimal value`);
  if (checksum !== undefined && checksum.length !== 32) throw refuse(`checksum (${checksum}) is not the correct size for md5 (should be 16 bytes)`);
  if (osHashAlgo !== configured) throw refuse(`os_hash_algo must be ${configured}, not ${osHashAlgo}`);
  if (!isHex(osHashValue)) throw refuse(`os_hash_value (${osHashValue}) is not a valid hexadecimal value`);
  const bytes = hashLength(osHashAlgo);
  if (osHashValue.length !== bytes * 2) throw refuse(`os_hash_value (${osHashValue}) is not the correct size for ${osHashAlgo} (should be ${bytes} bytes)`);
}
