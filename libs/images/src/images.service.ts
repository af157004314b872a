import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { randomUUID } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { CommandContext } from '#event-store';
import { mayChange, mayOwn, mayPublish, visible } from './image-access.js';
import { ChangeImage, type ImageChange } from './image/change-image.js';
import type { LocationTools } from './image/change-locations.js';
import { CreateImage, type NewImage } from './image/create-image.js';
import { DeleteImage } from './image/delete-image.js';
import type { ImageCommand } from './image/image-command.js';
import { ImageNotFound } from './image/image.errors.js';
import { imageOf, type Image } from './image/image.js';
import { IMAGE_LIST, IMAGES_OPTIONS, type ImagesOptions } from './images.options.js';
import type { ImageList, ImageQuery } from './read-model/image-list.js';

/** What a client says of a new image; the rest has defaults. */
export type ImageDraft = Omit<Partial<NewImage>, 'owner'> & { readonly id?: string; readonly owner?: string | null };

/** Authorises once, dispatches, reads: the same for every API. */
@Injectable()
export class ImagesService {
  private readonly tools: LocationTools;

  constructor(
    private readonly bus: CommandBus,
    @Inject(IMAGE_LIST) private readonly images: ImageList,
    @Inject(IMAGES_OPTIONS) private readonly options: ImagesOptions,
  ) {
    this.tools = { plainUrl: options.decryptLocation, newId: uuidv7, tellUrls: !options.locationsSealed };
  }

  async create(context: CommandContext, draft: ImageDraft): Promise<Image> {
    const { id = randomUUID(), owner = context.actor.project, ...given } = draft;
    const image: NewImage = {
      name: null, diskFormat: null, containerFormat: null, minDisk: 0, minRam: 0, protected: false, hidden: false,
      visibility: 'shared', properties: {}, tags: [], declared: {}, ...given, owner,
    };
    mayOwn(context.actor, owner);
    mayPublish(context.actor, image.visibility);
    return this.dispatch(new CreateImage(context, id, image, this.options.site, this.options.quotas));
  }

  async show(context: CommandContext, id: string): Promise<Image> {
    return visible(context.actor, id, await this.images.find(id));
  }

  async list(context: CommandContext, query: Omit<ImageQuery, 'viewer'>): Promise<readonly Image[]> {
    const { admin, project } = context.actor;
    return this.images.list({ ...query, viewer: { admin, project } });
  }

  async change(context: CommandContext, id: string, changes: readonly ImageChange[]): Promise<Image> {
    const image = mayChange(context.actor, await this.show(context, id));
    for (const change of changes) {
      if (change.kind !== 'attribute') continue;
      if (change.name === 'visibility' && change.value !== image.visibility) mayPublish(context.actor, change.value);
      if (change.name === 'owner' && change.value !== image.owner) mayOwn(context.actor, change.value);
    }
    return this.dispatch(new ChangeImage(context, image.id, changes, this.options.quotas, this.tools));
  }

  async delete(context: CommandContext, id: string): Promise<void> {
    const image = mayChange(context.actor, await this.show(context, id));
    await this.dispatch(new DeleteImage(context, image.id, this.options.keepDeletedFor));
  }

  private async dispatch(command: ImageCommand): Promise<Image> {
    const { state } = await this.bus.execute(command);
    const image = imageOf(command.imageId, state);
    if (!image) throw new ImageNotFound(command.imageId);
    return image;
  }
}
