import { Forbidden, InvalidLocation, NotReadyForLocations, ValidationDataConflict } from './image.errors.js';
import type { ImageDataHashed, ImageEvent, ImageLocationAdded } from './image.events.js';
import type { Image, LocatedData } from './image.js';
import { withinQuota, type ImageQuotas } from './quotas.js';
import { sameJson } from './same-json.js';

/** Hashes of the data at a location, hex, as a client knows them. */
export type ValidationData = Omit<ImageDataHashed['data'], 'checksum'> & { readonly checksum?: string };

/** A place of the image's data that a client gives; `url` as it will be stored. */
export interface GivenLocation extends Omit<ImageLocationAdded['data'], 'locationId' | 'uploadId'> {
  /** Bytes, as the store says. */
  readonly size: number;
  readonly validation?: ValidationData;
}

export type LocationChange =
  /** `at` counts from 0 in the order that clients see; absent or beyond the end: after the last. `onlyQueued`: as the first one, while the image is queued. */
  | { readonly kind: 'location'; readonly op: 'add'; readonly at?: number; readonly location: GivenLocation; readonly onlyQueued?: boolean }
  /** By id or by place; without either the last. */
  | { readonly kind: 'location'; readonly op: 'remove'; readonly at?: number; readonly id?: string }
  /** All at once. An image that has locations can only get them in another order, or with other metadata. */
  | { readonly kind: 'location'; readonly op: 'replace'; readonly locations: readonly GivenLocation[] };

/** What the decider cannot do itself. */
export interface LocationTools {
  /** Opens a stored URL, to compare it with others. */
  readonly plainUrl: (stored: string) => string;
  readonly newId: () => string;
  /** Stored URLs may be told to other sites: no key hides them. */
  readonly tellUrls: boolean;
  /** The order in which clients see places, and count them. */
  readonly shown: <T extends { readonly store: string }>(places: readonly T[]) => readonly T[];
}

interface Place extends Omit<ImageLocationAdded['data'], 'locationId'> {
  /** Absent: not stored yet. */
  readonly id?: string;
}

/** An image's locations while steps of a change are taken. */
export class LocationsDraft {
  private places: Place[];
  private status: string;
  private size: number | null = null;
  private validation: ValidationData | undefined;

  constructor(private readonly image: Image, private readonly tools: LocationTools) {
    this.places = image.locations.map(({ id, store, url, metadata, uploadId }) => ({ id, store, url, metadata, ...(uploadId === undefined ? {} : { uploadId }) }));
    this.status = image.openImport && image.status === 'queued' ? 'importing' : image.status;
  }

  get needsFormats(): boolean {
    return this.image.status === 'queued' && this.status === 'active';
  }

  take(change: LocationChange, quotas: ImageQuotas): void {
    const onlyQueued = change.op === 'add' && change.onlyQueued === true;
    const ready = (this.status === 'active' && !onlyQueued) || (this.status === 'queued' && change.op !== 'remove');
    if (!ready) throw new NotReadyForLocations(change.op, this.status);
    if (change.op === 'remove') this.remove(change.id === undefined ? this.shownAt(change.at) : this.places.find(({ id }) => id === change.id));
    else if (change.op === 'replace') this.replace(change.locations);
    else this.insert(change.location, change.at === undefined ? undefined : this.shownAt(change.at));
    if (change.op !== 'remove') withinQuota('locations', this.places.length, quotas.locations);
  }

  private shownAt(at = this.places.length - 1): Place | undefined {
    return this.tools.shown(this.places)[at];
  }

  private insert(given: GivenLocation, before?: Place): void {
    this.agree(given.validation);
    if (this.places.some((place) => this.same(place, given))) throw new InvalidLocation(`The location ${this.tools.plainUrl(given.url)} already exists`);
    this.places.splice(before ? this.places.indexOf(before) : this.places.length, 0, placeOf(given));
    this.size ??= given.size;
    this.status = 'active';
  }

  private replace(given: readonly GivenLocation[]): void {
    if (given.length === 0) throw new Forbidden('Cannot set locations to empty list.');
    if (this.places.length === 0) {
      for (const each of given) this.insert(each);
      return;
    }
    const urls = (places: readonly { url: string }[]) => places.map(({ url }) => this.tools.plainUrl(url)).toSorted();
    if (!sameJson(urls(this.places), urls(given))) throw new InvalidLocation('Original locations is not empty: they can be reordered and described anew, not replaced by others.');
    for (const { validation } of given) this.agree(validation);
    const old = [...this.places];
    this.places = given.map((each) => {
      const exact = old.findIndex((place) => this.same(place, each));
      const found = exact >= 0 ? exact : old.findIndex(({ url }) => this.tools.plainUrl(url) === this.tools.plainUrl(each.url));
      const [place] = old.splice(found, 1);
      if (!place || exact >= 0) return place ?? placeOf(each);
      const { id: _id, ...stored } = place;
      return { ...stored, metadata: each.metadata };
    });
  }

  private remove(place: Place | undefined): void {
    if (this.places.length === 1) throw new Forbidden('Cannot remove last location in the image.');
    if (!place) throw new InvalidLocation('Invalid position for removing a location.');
    this.places.splice(this.places.indexOf(place), 1);
  }

  /** Hashes may be given for what has none yet, while the image is queued; elsewhere they may only repeat what is known. */
  private agree(validation: ValidationData | undefined): void {
    for (const name of ['checksum', 'osHashAlgo', 'osHashValue'] as const) {
      const value = validation?.[name];
      if (value === undefined) continue;
      const other = this.validation?.[name];
      if (other !== undefined && other !== value) throw new ValidationDataConflict(`Conflicting values for ${API_NAMES[name]}`);
      const known = this.image[name];
      if (known !== null && known !== value) throw new ValidationDataConflict(`${API_NAMES[name]} is already set with a different value`);
      if (known === null && this.image.status !== 'queued') {
        throw new ValidationDataConflict(`New value(s) for ${API_NAMES[name]} may only be provided when image status is 'queued'`);
      }
    }
    this.validation ??= validation;
  }

  private same(place: Pick<Place, 'url' | 'metadata'>, other: Pick<Place, 'url' | 'metadata'>): boolean {
    return this.tools.plainUrl(place.url) === this.tools.plainUrl(other.url) && sameJson(place.metadata, other.metadata);
  }

  /** Order is the order of adding: from the first place that stands elsewhere, all are added anew. */
  events(formats: Pick<Image, 'diskFormat' | 'containerFormat'>): ImageEvent[] {
    const { gone, kept } = this.compare();
    return [
      ...(this.needsFormats ? this.referenced(formats) : []),
      ...gone.map((location): ImageEvent => ({ type: 'ImageLocationRemoved', data: { locationId: location.id, reason: this.fate(location) } })),
      ...this.places.slice(kept).map(({ id: _id, ...place }): ImageEvent => ({ type: 'ImageLocationAdded', data: { locationId: this.tools.newId(), ...place } })),
    ];
  }

  private compare(): { gone: readonly LocatedData[]; kept: number } {
    const { locations } = this.image;
    const gone: LocatedData[] = [];
    let kept = 0;
    for (const [i, location] of locations.entries()) {
      if (!this.places.some(({ id }) => id === location.id)) gone.push(location);
      else if (this.places[kept]?.id === location.id) kept += 1;
      else return { gone: [...gone, ...locations.slice(i)], kept };
    }
    return { gone, kept };
  }

  private fate({ url }: LocatedData): 'removed' | 'replaced' {
    const plain = this.tools.plainUrl(url);
    return this.places.some((place) => this.tools.plainUrl(place.url) === plain) ? 'replaced' : 'removed';
  }

  private referenced(formats: Pick<Image, 'diskFormat' | 'containerFormat'>): ImageEvent[] {
    const url = this.tools.tellUrls ? this.places[0]?.url : undefined;
    const { diskFormat, containerFormat } = formats;
    const hashed: ImageEvent[] = this.validation ? [{ type: 'ImageDataHashed', data: { checksum: null, ...this.validation } }] : [];
    return [{ type: 'ImageDataReferenced', data: { ...(url === undefined ? {} : { url }), size: this.size, diskFormat, containerFormat } }, ...hashed];
  }
}

const API_NAMES = { checksum: 'checksum', osHashAlgo: 'os_hash_algo', osHashValue: 'os_hash_value' } as const;

const placeOf = ({ store, url, metadata }: GivenLocation): Place => ({ store, url, metadata });
