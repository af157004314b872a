import type { CommandContext } from '#event-store';
import { existing, ImageCommand } from './image-command.js';
import { MemberExists, MemberNotFound, NotShared } from './image.errors.js';
import type { ImageMembershipDecided, ImageShared, ImageUnshared, MemberStatus } from './image.events.js';
import type { Image } from './image.js';
import type { ImageState } from './image.state.js';
import type { Member } from './membership.js';
import { withinQuota, type ImageQuotas } from './quotas.js';

/** With all of the members or none. */
export class ShareImage extends ImageCommand {
  constructor(context: CommandContext, imageId: string, readonly members: readonly string[], readonly canShare: boolean | undefined, readonly quotas: ImageQuotas) {
    super(context, imageId);
  }
}

export class DecideMembership extends ImageCommand {
  constructor(context: CommandContext, imageId: string, readonly member: string, readonly status: MemberStatus) {
    super(context, imageId);
  }
}

export class UnshareImage extends ImageCommand {
  constructor(context: CommandContext, imageId: string, readonly member: string) {
    super(context, imageId);
  }
}

export function shareImage(command: ShareImage, state: ImageState): ImageShared[] {
  const { canShare, quotas } = command;
  const image = withMembers(existing(command, state));
  const members = [...new Set(command.members)];
  withinQuota('members', image.members.length + members.length, quotas.members);
  return members.map((member) => {
    if (memberOf(image, member)) throw new MemberExists(image.id, member);
    return { type: 'ImageShared', data: { member, ...(canShare === undefined ? {} : { canShare }) } };
  });
}

export function decideMembership(command: DecideMembership, state: ImageState): ImageMembershipDecided[] {
  const { member, status } = command;
  const { status: before } = existingMember(existing(command, state), member);
  return before === status ? [] : [{ type: 'ImageMembershipDecided', data: { member, status } }];
}

export function unshareImage(command: UnshareImage, state: ImageState): [ImageUnshared] {
  existingMember(existing(command, state), command.member);
  return [{ type: 'ImageUnshared', data: { member: command.member } }];
}

/** An image of another visibility may have members from before; nobody sees or changes them. */
export function withMembers(image: Image): Image {
  if (image.visibility !== 'shared') throw new NotShared(image.id);
  return image;
}

export function existingMember(image: Image, member: string): Member {
  const found = memberOf(withMembers(image), member);
  if (!found) throw new MemberNotFound(image.id, member);
  return found;
}

const memberOf = (image: Image, member: string): Member | undefined => image.members.find((one) => one.member === member);
