import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '#access';
import type { CommandContext } from '#event-store';
import { Stores, StoreUnavailable, UnknownStore, type ByteRange } from '#stores';
import { ImageAccess } from './image-access.js';
import { Forbidden, NoData } from './image/image.errors.js';
import type { Image, LocatedData } from './image/image.js';
import { IMAGES_OPTIONS, type ImagesOptions } from './images.options.js';
import { presented } from './presented.js';

export interface ImageData {
  readonly image: Image;
  readonly size: number;
  read(range?: ByteRange): Promise<AsyncIterable<Buffer>>;
}

/** The bytes of an image for whoever may have them. */
@Injectable()
export class ImageDownloadService {
  constructor(
    private readonly access: ImageAccess,
    private readonly stores: Stores,
    @Inject(IMAGES_OPTIONS) private readonly options: ImagesOptions,
  ) {}

  /** The image for its headers; `NoData` where it has none yet. Stores that are preferred are asked first, in that order. */
  async open({ actor }: CommandContext, id: string, prefer: readonly string[] = []): Promise<ImageData> {
    const image = await this.access.find(actor, id);
    this.permit(actor, image, prefer);
    if (image.locations.length === 0 || image.size === null) throw new NoData(image.id);
    const locations = preferred(presented(actor, image, this.stores).locations, prefer);
    return { image, size: image.size, read: (range) => this.read(locations, range) };
  }

  private permit(actor: Principal, image: Image, prefer: readonly string[]): void {
    if (image.status === 'deactivated' && !actor.admin) throw new Forbidden('The requested image has been deactivated. Image data download is forbidden.');
    this.access.permit('download_image', actor, image);
    if (prefer.length === 0) return;
    this.access.permit('download_from_store', actor, image);
    const unknown = prefer.find((store) => !this.stores.several || !this.stores.find(store));
    if (unknown !== undefined) throw new UnknownStore(unknown);
  }

  /** From the first place that answers. */
  private async read(locations: readonly LocatedData[], range?: ByteRange): Promise<AsyncIterable<Buffer>> {
    let failure: unknown;
    for (const { store, url } of locations) {
      try {
        const found = this.stores.find(store);
        if (!found) throw new StoreUnavailable(store, `The store ${store}, which has the data, is not configured any more.`);
        return await found.read(this.options.decryptLocation(url), range);
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }
}

function preferred(locations: readonly LocatedData[], prefer: readonly string[]): readonly LocatedData[] {
  const rank = ({ store }: LocatedData) => (prefer.includes(store) ? prefer.indexOf(store) : prefer.length);
  return prefer.length === 0 ? locations : locations.toSorted((a, b) => rank(a) - rank(b));
}
