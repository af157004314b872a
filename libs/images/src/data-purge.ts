import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { CommandContext } from '#event-store';
import { Stores } from '#stores';
import { PurgeImageData } from './image/delete-image.js';
import type { Image, LocatedData } from './image/image.js';
import { IMAGE_LIST, IMAGES_OPTIONS, type ImagesOptions } from './images.options.js';
import type { ImageList } from './read-model/image-list.js';
import { FailUpload } from './image/upload-data.js';
import { LeasedImages } from './leased-images.js';

/** Removes bytes that no image has any more from the stores, and says so by a command. */
@Injectable()
export class DataPurge {
  constructor(
    private readonly bus: CommandBus,
    private readonly stores: Stores,
    private readonly leased: LeasedImages,
    @Inject(IMAGE_LIST) private readonly images: ImageList,
    @Inject(IMAGES_OPTIONS) private readonly options: ImagesOptions,
  ) {}

  /**
   * All bytes of a deleted image, or those at places that an image gave up; not those that wait for a scrubber. Bytes that
   * are gone already count as removed. A store that fails does not spare the others: rejects with the first failure.
   */
  async run(context: CommandContext, imageId: string, signal: AbortSignal): Promise<void> {
    const image = await this.images.find(imageId);
    if (image?.status === 'deleted') await this.everything(context, image, signal);
    else if (image && image.leftovers.length > 0) await this.alone(image.id, signal, (held) => this.givenUp(context, image.id, held));
  }

  /** An upload or import may be about to write at the very place: nothing goes there while it runs. */
  private alone(imageId: string, signal: AbortSignal, work: (held: AbortSignal) => Promise<void>): Promise<void> {
    const refuse = (): never => {
      throw new Error(`Data is being written for image ${imageId}: what it gave up goes after that.`);
    };
    return this.leased.alone(imageId, 'purge', refuse, (held) => work(AbortSignal.any([signal, held])));
  }

  /** At a place that is the image's again the bytes stay, and only the fact is told. */
  private async givenUp(context: CommandContext, imageId: string, signal: AbortSignal): Promise<void> {
    const image = await this.images.find(imageId);
    if (!image) return;
    const live = new Set(image.locations.map(({ url }) => this.options.decryptLocation(url)));
    const again = image.leftovers.filter(({ url }) => live.has(this.options.decryptLocation(url)));
    if (again.length > 0) await this.bus.execute(new PurgeImageData(context, image.id, again.map(({ id }) => id)));
    await this.each(context, image, image.leftovers.filter((one) => !again.includes(one)), signal);
  }

  private async everything(context: CommandContext, image: Image, signal: AbortSignal): Promise<void> {
    const staged = await this.purgeStaged(context, image).then(() => undefined, (error: unknown) => ({ error }));
    await this.each(context, image, [...image.locations, ...image.leftovers], signal);
    if (staged) throw staged.error;
  }

  private async each(context: CommandContext, image: Image, places: readonly LocatedData[], signal: AbortSignal): Promise<void> {
    const failures: unknown[] = [];
    for (const place of places) {
      signal.throwIfAborted();
      await this.purge(context, image, place).catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  }

  /** What lies on the disk of another node goes by a job of that node. */
  private async purgeStaged(context: CommandContext, { id, staged }: Image): Promise<void> {
    const { staging } = this.stores;
    if (!staged || (staged.node !== undefined && staged.node !== staging.node)) return;
    const store = staged.store === staging.id ? staging : this.stores.byId(staged.store);
    await store.remove(this.options.decryptLocation(staged.url));
    await this.bus.execute(new PurgeImageData(context, id, [staged.uploadId]));
    await this.bus.execute(new FailUpload(context, id, { uploadId: staged.uploadId, reason: 'The image was deleted.', outcome: 'queued' }));
  }

  private async purge(context: CommandContext, image: Image, { id, store, url }: LocatedData): Promise<void> {
    await this.stores.byId(store).remove(this.options.decryptLocation(url));
    await this.bus.execute(new PurgeImageData(context, image.id, [id]));
  }
}
