import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { CommandContext } from '#event-store';
import { SetMembers, type GivenMember, type MembersChange } from './image/set-members.js';
import { IMAGE_LIST, IMAGES_OPTIONS, type ImagesOptions } from './images.options.js';
import { MemberAccess } from './member-access.js';
import type { ImageList } from './read-model/image-list.js';

export interface LegacyMembership {
  readonly imageId: string;
  readonly member: string;
  readonly canShare: boolean;
}

const PAGE = 500;

/** Members as the Images API v1 has them: a membership counts at once, and may be shared on. */
@Injectable()
export class LegacyMembersService {
  constructor(
    private readonly bus: CommandBus,
    private readonly access: MemberAccess,
    @Inject(IMAGE_LIST) private readonly images: ImageList,
    @Inject(IMAGES_OPTIONS) private readonly options: ImagesOptions,
  ) {}

  async list({ actor }: CommandContext, imageId: string): Promise<readonly LegacyMembership[]> {
    return (await this.access.membersOf(actor, imageId)).map(({ member, canShare }) => ({ imageId, member, canShare }));
  }

  /** What the caller may know of: a project its own, an owner those of its images, an admin all. */
  async sharedWith({ actor }: CommandContext, member: string): Promise<readonly LegacyMembership[]> {
    const owner = actor.admin || actor.project === member ? undefined : (actor.project ?? '');
    const found: LegacyMembership[] = [];
    for (let after: string | undefined; ; ) {
      const page = await this.images.sharedWith(member, owner, after, PAGE);
      for (const { id, members } of page) {
        const canShare = members.some((one) => one.member === member && one.canShare);
        found.push({ imageId: id, member, canShare });
      }
      after = page.at(-1)?.id;
      if (page.length < PAGE) return found;
    }
  }

  add(context: CommandContext, imageId: string, member: GivenMember): Promise<void> {
    return this.change(context, imageId, { given: [member] }, 'add_member');
  }

  /** All others are members no more. */
  replace(context: CommandContext, imageId: string, members: readonly GivenMember[]): Promise<void> {
    return this.change(context, imageId, { given: members, removed: 'others' }, 'add_member');
  }

  remove(context: CommandContext, imageId: string, member: string): Promise<void> {
    return this.change(context, imageId, { removed: { member } }, 'delete_member');
  }

  private async change(context: CommandContext, imageId: string, change: MembersChange, rule: 'add_member' | 'delete_member'): Promise<void> {
    const { id } = await this.access.toSetMembers(context.actor, imageId, rule);
    await this.bus.execute(new SetMembers(context, id, change, this.options.quotas));
  }
}
