import { Inject, Injectable, Optional } from '@nestjs/common';
import type { Principal } from '#access';
import type { CommandContext } from '#event-store';
import { NODE_CACHE, Stores, UnknownStore, type ByteRange, type ImageCache, type NodeCache } from '#stores';
import { ImageAccess } from './image-access.js';
import { Forbidden, NoData } from './image/image.errors.js';
import type { Image, LocatedData } from './image/image.js';
import { IMAGE_LIST, IMAGES_OPTIONS, type ImagesOptions } from './images.options.js';
import type { ImageList } from './read-model/image-list.js';
import { presented } from './presented.js';
import { readPlaces } from './read-places.js';

export interface ImageData {
  readonly image: Image;
  readonly size: number;
  read(range?: ByteRange): Promise<ReadData>;
}

export interface ReadData {
  readonly bytes: AsyncIterable<Buffer>;
  /** They are written to the cache as they are read: Glance does not announce their length then. */
  readonly filling: boolean;
}

export interface Wanted {
  /** Stores to ask first, in that order. */
  readonly prefer?: readonly string[];
  /** All of the image: it may come from the cache. */
  readonly whole?: boolean;
}

export type Prefetched = 'cached' | 'busy' | 'there is no such image' | 'it is not active' | 'it is too large, or its hash is not known' | 'what was read could not be kept';

/** The bytes of an image for whoever may have them. */
@Injectable()
export class ImageDownloadService {
  constructor(
    private readonly access: ImageAccess,
    private readonly stores: Stores,
    @Inject(IMAGE_LIST) private readonly images: ImageList,
    @Inject(IMAGES_OPTIONS) private readonly options: ImagesOptions,
    @Optional() @Inject(NODE_CACHE) private readonly cache?: NodeCache,
  ) {}

  /** The image for its headers; `NoData` where it has none yet. Who may not have it gets it from the cache as little. */
  async open({ actor }: CommandContext, id: string, { prefer = [], whole = true }: Wanted = {}): Promise<ImageData> {
    const image = await this.access.find(actor, id);
    this.permit(actor, image);
    if (image.locations.length === 0 || image.size === null) throw new NoData(image.id);
    const cache = whole && image.status === 'active' && this.cache?.serves ? this.cache.images : undefined;
    const data = { ...image, size: image.size };
    // What is cached comes from no store: then it does not matter which is preferred.
    if (prefer.length > 0 && !(await cache?.has(image.id, data))) this.permitPreference(actor, image, prefer);
    const locations = preferred(presented(actor, image, this.stores).locations, prefer);
    return { image, size: image.size, read: (range) => this.readThrough(range ? undefined : cache, data, locations, range) };
  }

  private async readThrough(cache: ImageCache | undefined, image: Image & { size: number }, locations: readonly LocatedData[], range?: ByteRange): Promise<ReadData> {
    const cached = await cache?.read(image.id, image);
    if (cached) return { bytes: cached, filling: false };
    const filling = await cache?.fill(image.id, image, () => this.read(locations));
    return filling ? { bytes: filling, filling: true } : { bytes: await this.read(locations, range), filling: false };
  }

  /** Takes an image into the cache; answers what came of it, or why it cannot be there. */
  async prefetch(imageId: string, signal: AbortSignal): Promise<Prefetched> {
    const image = await this.images.find(imageId);
    const cache = this.cache?.images;
    if (!image || image.deletedAt !== null || !cache) return 'there is no such image';
    if (image.status !== 'active' || image.size === null) return 'it is not active';
    const data = { ...image, size: image.size };
    if (await cache.has(image.id, data)) return 'cached';
    const bytes = await cache.fill(image.id, data, () => this.read(this.stores.shown(image.locations)));
    if (!bytes) return (await cache.isFilling(image.id)) ? 'busy' : 'it is too large, or its hash is not known';
    for await (const _ of bytes) signal.throwIfAborted();
    return (await cache.has(image.id, data)) ? 'cached' : 'what was read could not be kept';
  }

  private permit(actor: Principal, image: Image): void {
    if (image.status === 'deactivated' && !actor.admin) throw new Forbidden('The requested image has been deactivated. Image data download is forbidden.');
    this.access.permit('download_image', actor, image);
  }

  private permitPreference(actor: Principal, image: Image, prefer: readonly string[]): void {
    this.access.permit('download_from_store', actor, image);
    const unknown = prefer.find((store) => !this.stores.several || !this.stores.find(store));
    if (unknown !== undefined) throw new UnknownStore(unknown);
  }

  private read(locations: readonly LocatedData[], range?: ByteRange): Promise<AsyncIterable<Buffer>> {
    return readPlaces(this.stores, this.options, locations, range);
  }
}

function preferred(locations: readonly LocatedData[], prefer: readonly string[]): readonly LocatedData[] {
  const rank = ({ store }: LocatedData) => (prefer.includes(store) ? prefer.indexOf(store) : prefer.length);
  return prefer.length === 0 ? locations : locations.toSorted((a, b) => rank(a) - rank(b));
}
