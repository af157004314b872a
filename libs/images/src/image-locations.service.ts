import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { CommandContext } from '#event-store';
import { randomUUID } from 'node:crypto';
import { redactUrl, Stores } from '#stores';
import { GivenLocations, type AskedLocation } from './given-locations.js';
import { ImageAccess } from './image-access.js';
import { ChangeImage } from './image/change-image.js';
import type { LocationTools } from './image/change-locations.js';
import { Forbidden, NotInStore, NotReadyForLocations, OneStoreOnly, StoreNotEnabled } from './image/image.errors.js';
import { ImportUnderWay } from './image/import.errors.js';
import type { LocatedData } from './image/image.js';
import { ImportLocation, type Hashing } from './image/import-location.js';
import { IMAGES_OPTIONS, type ImagesOptions } from './images.options.js';
import { locationTools } from './location-tools.js';
import { presented } from './presented.js';
import { RemovalCheck } from './removal-check.js';
import { requesterOf } from './requester.js';
import { TASKS_OPTIONS, type TasksOptions } from './tasks/task-parts.js';

/** Locations as services handle them (API 2.17), and the removal of an image from one of several stores. */
@Injectable()
export class ImageLocationsService {
  private readonly tools: LocationTools;

  constructor(
    private readonly bus: CommandBus,
    private readonly access: ImageAccess,
    private readonly given: GivenLocations,
    private readonly stores: Stores,
    private readonly removal: RemovalCheck,
    @Inject(IMAGES_OPTIONS) private readonly options: ImagesOptions,
    @Inject(TASKS_OPTIONS) private readonly tasks: TasksOptions,
  ) {
    this.tools = locationTools(options, stores);
  }

  /**
   * Gives a queued image data that lies elsewhere, as a task: it is read and hashed by a job. Those who are no service may
   * name only http(s) places.
   */
  async add(context: CommandContext, id: string, asked: AskedLocation): Promise<void> {
    const { actor } = context;
    const image = await this.access.findForService(actor, id, 'anybody');
    this.access.permitAddition(actor, image);
    const web = /^https?:\/\//i.test(asked.url) && this.stores.list().some(({ type }) => type === 'http');
    if (!web && !this.access.allows('service_api', actor, {})) {
      throw new Forbidden('Only http(s) locations can be added, and only where the http store is enabled.');
    }
    if (image.openImport) throw new ImportUnderWay(image.id, image.openImport.taskId);
    if (image.status !== 'queued') throw new NotReadyForLocations('add', image.status);
    const location = await this.given.check(asked);
    const request = { taskId: randomUUID(), location, hashing: this.hashing(asked), input: this.inputOf(asked), by: requesterOf(context) };
    await this.bus.execute(new ImportLocation(context, image.id, request, this.options.quotas, this.tools));
  }

  private hashing({ validation }: AskedLocation): Hashing {
    if (!this.tasks.secureHash) return 'never';
    return validation ? 'before' : 'after';
  }

  /** As the task tells it: a place that is kept secret is not in it. */
  private inputOf({ url, validation }: AskedLocation): Readonly<Record<string, unknown>> {
    return {
      ...(this.options.locationsSealed ? {} : { loc_url: redactUrl(url).replace(/\?[^#]*/, '?***') }),
      validation_data: validation ? { os_hash_algo: validation.osHashAlgo, os_hash_value: validation.osHashValue } : {},
    };
  }

  async list({ actor }: CommandContext, id: string): Promise<readonly LocatedData[]> {
    const image = await this.access.findForService(actor, id, 'visible');
    this.access.permit('fetch_image_location', actor, image);
    return presented(actor, image, this.stores).locations.map((location) => ({ ...location, url: this.options.decryptLocation(location.url) }));
  }

  /** The image's bytes in that store go by a job; the last place of an active image stays. */
  async removeFromStore(context: CommandContext, store: string, id: string): Promise<void> {
    const { actor } = context;
    if (!this.stores.several) throw new OneStoreOnly();
    if (!this.stores.find(store)) throw new StoreNotEnabled(store);
    const image = await this.access.find(actor, id);
    this.access.permit('get_image_location', actor, image);
    this.access.permitChange('delete_image_location', actor, image);
    if (image.status !== 'active') throw new NotReadyForLocations('remove', image.status);
    if (image.locations.length === 1) throw new Forbidden('Cannot delete image data from the only store containing it. Consider deleting the image instead.');
    const location = image.locations.find((one) => one.store === store);
    if (!location) throw new NotInStore(image.id, store);
    await this.removal.ofLocation(image, location);
    await this.bus.execute(new ChangeImage(context, image.id, [{ kind: 'location', op: 'remove', id: location.id }], this.options.quotas, this.tools));
  }
}
