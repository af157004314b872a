import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { CommandContext } from '#event-store';
import type { ImageCommand } from './image/image-command.js';
import { ImageNotFound } from './image/image.errors.js';
import type { MemberStatus } from './image/image.events.js';
import { imageOf, type Image } from './image/image.js';
import type { Member } from './image/membership.js';
import { DecideMembership, existingMember, ShareImage, UnshareImage } from './image/share-image.js';
import { IMAGES_OPTIONS, type ImagesOptions } from './images.options.js';
import { MemberAccess } from './member-access.js';

export interface ImageMember extends Member {
  /** As the client spelled it. */
  readonly imageId: string;
}

/** The projects that an image is shared with: the same for every API. */
@Injectable()
export class MembersService {
  constructor(
    private readonly bus: CommandBus,
    private readonly access: MemberAccess,
    @Inject(IMAGES_OPTIONS) private readonly options: ImagesOptions,
  ) {}

  async list(context: CommandContext, imageId: string): Promise<readonly ImageMember[]> {
    const { image, members } = await this.access.list(context.actor, imageId);
    return members.map((member) => ({ ...member, imageId: image.id }));
  }

  async show(context: CommandContext, imageId: string, member: string): Promise<ImageMember> {
    const found = await this.access.show(context.actor, imageId, member);
    return { ...found.member, imageId: found.image.id };
  }

  /** All of them or none; answers them in the order given. */
  async add(context: CommandContext, imageId: string, members: readonly string[], canShare?: boolean): Promise<readonly ImageMember[]> {
    const { id } = await this.access.toShare(context.actor, imageId);
    const image = await this.dispatch(new ShareImage(context, id, members, canShare, this.options.quotas));
    return Array.from(new Set(members), (member) => memberOf(image, member));
  }

  async decide(context: CommandContext, imageId: string, member: string, status: MemberStatus): Promise<ImageMember> {
    const { id } = await this.access.toDecide(context.actor, imageId, member);
    return memberOf(await this.dispatch(new DecideMembership(context, id, member, status)), member);
  }

  async remove(context: CommandContext, imageId: string, member: string): Promise<void> {
    const { id } = await this.access.toUnshare(context.actor, imageId, member);
    await this.dispatch(new UnshareImage(context, id, member));
  }

  private async dispatch(command: ImageCommand): Promise<Image> {
    const { state } = await this.bus.execute(command);
    const image = imageOf(command.imageId, state);
    if (!image) throw new ImageNotFound(command.imageId);
    return image;
  }
}

const memberOf = (image: Image, member: string): ImageMember => ({ ...existingMember(image, member), imageId: image.id });
