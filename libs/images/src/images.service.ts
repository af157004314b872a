import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { randomUUID } from 'node:crypto';
import type { Credentials } from '#access';
import type { CommandContext } from '#event-store';
import { Stores } from '#stores';
import { EncryptionKeys } from './encryption-keys.js';
import { GivenLocations, type AskedChange } from './given-locations.js';
import { ImageAccess } from './image-access.js';
import { SetActivation } from './image/activation.js';
import { ChangeImage } from './image/change-image.js';
import type { LocationTools } from './image/change-locations.js';
import { CreateImage, type GivenData, type NewImage } from './image/create-image.js';
import { DeleteImage } from './image/delete-image.js';
import type { ImageCommand } from './image/image-command.js';
import { ImageNotFound, ImageProtected } from './image/image.errors.js';
import { imageOf, type Image } from './image/image.js';
import { IMAGE_LIST, IMAGES_OPTIONS, type ImagesOptions } from './images.options.js';
import { locationTools } from './location-tools.js';
import { policyTarget } from './policy-target.js';
import { presented } from './presented.js';
import { PropertyAccess } from './property-access.js';
import { RemovalCheck } from './removal-check.js';
import type { ImageList, ImageQuery } from './read-model/image-list.js';

/** What a client says of a new image; the rest has defaults. */
export type ImageDraft = Omit<Partial<NewImage>, 'owner'> & { readonly id?: string; readonly owner?: string | null };

export type AskedList = Omit<ImageQuery, 'viewer'> & { readonly asUser?: boolean };

export interface ImagePage {
  readonly images: readonly Image[];
  /** Marker of the next page, where this one is full. */
  readonly next?: string;
}

/** Authorises once, dispatches, reads: the same for every API. */
@Injectable()
export class ImagesService {
  private readonly tools: LocationTools;

  constructor(
    private readonly bus: CommandBus,
    private readonly access: ImageAccess,
    private readonly properties: PropertyAccess,
    private readonly locations: GivenLocations,
    private readonly removal: RemovalCheck,
    private readonly keys: EncryptionKeys,
    private readonly stores: Stores,
    @Inject(IMAGE_LIST) private readonly images: ImageList,
    @Inject(IMAGES_OPTIONS) private readonly options: ImagesOptions,
  ) {
    this.tools = locationTools(options, stores);
  }

  async create(context: CommandContext, draft: ImageDraft, data?: GivenData): Promise<Image> {
    const { id = randomUUID(), owner = context.actor.project, ...given } = draft;
    const image: NewImage = {
      name: null, diskFormat: null, containerFormat: null, minDisk: 0, minRam: 0, protected: false, hidden: false,
      visibility: 'shared', properties: {}, tags: [], declared: {}, ...given, owner,
    };
    this.access.permitCreation(context.actor, image);
    this.properties.permitCreation(context.actor, image.properties);
    return this.dispatch(new CreateImage(context, id, image, this.options.site, this.options.quotas, data));
  }

  async show(context: CommandContext, id: string): Promise<Image> {
    return this.present(context, await this.access.find(context.actor, id));
  }

  /** An admin is shown deleted images too. */
  async showAny(context: CommandContext, id: string): Promise<Image> {
    return this.present(context, await this.access.findAny(context.actor, id));
  }

  /** `asUser`: an admin gets what a user of its project would. */
  async list(context: CommandContext, { asUser = false, ...query }: AskedList): Promise<ImagePage> {
    const { actor } = context;
    this.access.permitList(actor);
    if (!this.properties.readsAll(actor, query.filters.properties ?? {})) return { images: [] };
    const found = await this.images.list({ ...query, viewer: { admin: actor.admin && !asUser, project: actor.project } });
    const images = found.filter((image) => this.access.reads(actor, image)).map((image) => this.present(context, image));
    const last = found.at(-1);
    return last && found.length === query.limit && images.length > 0 ? { images, next: last.id } : { images };
  }

  async change(context: CommandContext, id: string, changes: readonly AskedChange[]): Promise<Image> {
    const { actor } = context;
    const image = await this.access.find(actor, id);
    this.access.permitChange('modify_image', actor, image);
    for (const change of changes) this.permitStep(context, image, change);
    const steps = await this.locations.resolve(changes, image);
    await this.removal.ofChange(image, steps);
    return this.dispatch(new ChangeImage(context, image.id, steps, this.options.quotas, this.tools, this.properties.rightsOf(actor)));
  }

  /** Rights that a single step needs beside that to change the image. */
  private permitStep({ actor }: CommandContext, image: Image, change: AskedChange): void {
    if (change.kind === 'location') {
      if (change.op === 'remove') this.access.permit('get_image_location', actor, image);
      this.access.permitChange(change.op === 'remove' ? 'delete_image_location' : 'set_image_location', actor, image);
    } else if (change.kind === 'attribute' && change.name === 'visibility' && change.value !== image.visibility) {
      this.access.permitVisibility(actor, change.value, policyTarget(image, actor));
    } else if (change.kind === 'attribute' && change.name === 'owner' && change.value !== image.owner) {
      this.access.permitOwner(actor);
    }
  }

  async setActivation(context: CommandContext, id: string, target: 'active' | 'deactivated'): Promise<void> {
    const image = await this.access.find(context.actor, id);
    this.access.permitChange(target === 'active' ? 'reactivate' : 'deactivate', context.actor, image);
    await this.dispatch(new SetActivation(context, image.id, target));
  }

  /** With `credentials` the key that goes with the image is deleted with the caller's own rights, where it can be at once. */
  async delete(context: CommandContext, id: string, credentials?: Credentials): Promise<void> {
    const image = await this.access.find(context.actor, id);
    this.access.permitChange('delete_image', context.actor, image);
    if (image.protected) throw new ImageProtected(image.id);
    await this.removal.ofImage(image);
    const { state } = await this.bus.execute(new DeleteImage(context, image.id, this.options.keepDeletedFor));
    if (credentials && imageOf(image.id, state)?.keyToDelete) await this.keys.deleteAsCaller(context, image.id, credentials);
  }

  private present({ actor }: CommandContext, image: Image): Image {
    return this.properties.readable(actor, presented(actor, image, this.stores));
  }

  private async dispatch(command: ImageCommand): Promise<Image> {
    const { state } = await this.bus.execute(command);
    const image = imageOf(command.imageId, state);
    if (!image) throw new ImageNotFound(command.imageId);
    return this.present(command.context, image);
  }
}
