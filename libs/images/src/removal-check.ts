import { Inject, Injectable, Logger } from '@nestjs/common';
import { DataInUse, Stores } from '#stores';
import type { ImageChange } from './image/change-image.js';
import { LocationsDraft, type LocationTools } from './image/change-locations.js';
import type { Image, LocatedData } from './image/image.js';
import { IMAGES_OPTIONS, type ImagesOptions } from './images.options.js';
import { locationTools } from './location-tools.js';

/** Asks the stores, before anything is decided, whether they will let data go. */
@Injectable()
export class RemovalCheck {
  private readonly log = new Logger('Removal');
  private readonly tools: LocationTools;

  constructor(
    private readonly stores: Stores,
    @Inject(IMAGES_OPTIONS) private readonly options: ImagesOptions,
  ) {
    this.tools = locationTools(options, stores);
  }

  /** Rejects with `DataInUse` where a store says that others use the data of the image. */
  async ofImage(image: Image): Promise<void> {
    for (const location of image.locations) await this.ofLocation(image, location);
  }

  /** The same of the places that a change would take from the image. */
  async ofChange(image: Image, changes: readonly ImageChange[]): Promise<void> {
    for (const location of this.goneBy(changes, image)) await this.ofLocation(image, location);
  }

  /** A store that is down or not known here keeps nobody from deleting: the job that removes the data asks it again. */
  async ofLocation({ id }: Image, { store, url }: LocatedData): Promise<void> {
    try {
      await this.stores.find(store)?.assertRemovable(this.options.decryptLocation(url));
    } catch (error) {
      if (error instanceof DataInUse) throw new DataInUse(store, `Image ${id} could not be deleted because it is in use: ${error.message}`);
      this.log.warn(`the store ${store} does not say whether the data of image ${id} is in use: ${String(error)}`);
    }
  }

  /** None where the change will be refused anyway. */
  private goneBy(changes: readonly ImageChange[], image: Image): readonly LocatedData[] {
    const draft = new LocationsDraft(image, this.tools);
    try {
      for (const change of changes) if (change.kind === 'location') draft.take(change, this.options.quotas);
    } catch {
      return [];
    }
    const gone = draft.events(image).flatMap(({ type, data }) => (type === 'ImageLocationRemoved' && data.reason === 'removed' ? [data.locationId] : []));
    return image.locations.filter(({ id }) => gone.includes(id));
  }
}
