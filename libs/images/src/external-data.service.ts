import { Inject, Injectable } from '@nestjs/common';
import type { CommandContext } from '#event-store';
import { Stores } from '#stores';
import { GivenLocations, type AskedChange } from './given-locations.js';
import { ImageAccess } from './image-access.js';
import type { GivenLocation } from './image/change-locations.js';
import { ValidationDataConflict } from './image/image.errors.js';
import type { Image } from './image/image.js';
import { IMAGES_OPTIONS, type ImagesOptions } from './images.options.js';
import { ImagesService, type ImageDraft } from './images.service.js';
import { locationTools } from './location-tools.js';

/** Where a client says that the data is, and how many bytes it takes them for. */
export interface NamedData {
  readonly url: string;
  readonly size?: number;
}

/** Images whose data comes by no upload: it stays where a client says, or there is none (`location` and `size: 0` of the Images API v1). */
@Injectable()
export class ExternalDataService {
  constructor(
    private readonly images: ImagesService,
    private readonly locations: GivenLocations,
    private readonly access: ImageAccess,
    private readonly stores: Stores,
    @Inject(IMAGES_OPTIONS) private readonly options: ImagesOptions,
  ) {}

  /** Active at once. The place is looked at first: nothing is made of one that is no good. */
  async register(context: CommandContext, draft: ImageDraft, named: NamedData): Promise<Image> {
    this.access.permitToCreator('set_image_location', context.actor);
    return this.images.create(context, draft, { location: await this.place(named), tools: this.tools() });
  }

  /** Active at once, of no bytes: what it boots from is told elsewhere. */
  registerEmpty(context: CommandContext, draft: ImageDraft): Promise<Image> {
    return this.images.create(context, draft, { tools: this.tools() });
  }

  /** Gives a queued image its data by a place, with other changes or none of them. */
  async attach(context: CommandContext, id: string, changes: readonly AskedChange[], named: NamedData): Promise<Image> {
    this.access.permitChange('set_image_location', context.actor, await this.access.find(context.actor, id));
    await this.place(named);
    return this.images.change(context, id, [...changes, { kind: 'location', op: 'add', location: { url: named.url, metadata: {} } }]);
  }

  private async place({ url, size }: NamedData): Promise<GivenLocation> {
    const found = await this.locations.look({ url, metadata: {} });
    if (size !== undefined && size !== 0 && size !== found.size) {
      throw new ValidationDataConflict(`Provided image size must match the stored image size. (provided size: ${size}, stored size: ${found.size})`);
    }
    return found;
  }

  private tools() {
    return locationTools(this.options, this.stores);
  }
}
