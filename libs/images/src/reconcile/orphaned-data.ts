import { Inject, Injectable } from '@nestjs/common';
import { BadLocation, DataNotFound, type ListedObject, type ListedPart } from '#stores';
import type { Image } from '../image/image.js';
import { IMAGE_LIST, IMAGES_OPTIONS, type ImagesOptions } from '../images.options.js';
import type { ImageList } from '../read-model/image-list.js';
import { LeasedImages } from '../leased-images.js';
import { standingOf, type Place } from './places.js';

/** Bytes that no image refers to: whether they still are that, and how they go. */
@Injectable()
export class OrphanedData {
  constructor(
    private readonly leased: LeasedImages,
    @Inject(IMAGE_LIST) private readonly images: ImageList,
    @Inject(IMAGES_OPTIONS) private readonly options: ImagesOptions,
  ) {}

  /** False for what an image refers to, and for all of an image whose data somebody alive writes. */
  async isOrphan(place: Place, object: ListedObject, image: Image | undefined): Promise<boolean> {
    if (standingOf(object, place, image, this.options.decryptLocation) !== 'orphan') return false;
    // It may have gone with its image since it was listed.
    return (await isThere(place, object)) && !(await this.leased.isTaken(object.name));
  }

  async isDeadPart({ attempt }: ListedPart): Promise<boolean> {
    return !(await this.leased.isTaken(attempt.imageId));
  }

  /** False, and nothing is done, where it is no orphan any more or somebody alive writes data of the image. */
  async remove(place: Place, object: ListedObject): Promise<boolean> {
    return this.alone(object.name, async () => {
      const image = await this.images.find(object.name);
      return standingOf(object, place, image, this.options.decryptLocation) === 'orphan' && place.holder.remove(object.url);
    });
  }

  /** The same of what an attempt left unpublished. */
  async removePart(place: Place, { attempt }: ListedPart): Promise<boolean> {
    return this.alone(attempt.imageId, async () => {
      await place.holder.discard(attempt, false);
      return true;
    });
  }

  /** Whoever has the lease is the only one who writes or removes data of the image. */
  private alone(imageId: string, work: () => Promise<boolean>): Promise<boolean> {
    return this.leased.alone(imageId, 'orphan', () => false, work);
  }
}

async function isThere(place: Place, { url }: ListedObject): Promise<boolean> {
  try {
    await place.holder.size(url);
    return true;
  } catch (error) {
    // A link, for one, is nobody's data.
    if (error instanceof DataNotFound || error instanceof BadLocation) return false;
    throw error;
  }
}
