import type { CommandContext } from '#event-store';
import { existing, ImageCommand } from './image-command.js';
import { MemberNotFound } from './image.errors.js';
import type { ImageEvent } from './image.events.js';
import type { ImageState } from './image.state.js';
import type { Member } from './membership.js';
import { withinQuota, type ImageQuotas } from './quotas.js';

/** A member as the Images API v1 gives it; without `canShare` what is known stays, and a new one may not share. */
export interface GivenMember {
  readonly member: string;
  readonly canShare?: boolean;
}

export interface MembersChange {
  readonly given?: readonly GivenMember[];
  /** `others`: all that are not given. */
  readonly removed?: 'others' | { readonly member: string };
}

/** Membership as the Images API v1 knows it: of any image, and without anybody's consent. */
export class SetMembers extends ImageCommand {
  constructor(context: CommandContext, imageId: string, readonly change: MembersChange, readonly quotas: ImageQuotas) {
    super(context, imageId);
  }
}

export function setMembers(command: SetMembers, state: ImageState): ImageEvent[] {
  const image = existing(command, state);
  const { change: { given: asked = [], removed }, quotas } = command;
  const wanted = new Map(asked.map((each) => [each.member, each]));
  const known = new Map(image.members.map((each) => [each.member, each]));
  const one = removed === 'others' ? undefined : removed?.member;
  if (one !== undefined && !known.has(one)) throw new MemberNotFound(image.id, one);
  const gone = [...known.keys()].filter((member) => (removed === 'others' ? !wanted.has(member) : member === one));
  const added = [...wanted.keys()].filter((member) => !known.has(member));
  if (added.length > 0) withinQuota('members', known.size + added.length - gone.length, quotas.members);
  return [
    // Members of a private image see nothing of it, and version 1 has no word for one.
    ...(added.length > 0 && image.visibility === 'private' ? [{ type: 'ImageVisibilityChanged' as const, data: { visibility: 'shared' as const } }] : []),
    ...gone.map((member): ImageEvent => ({ type: 'ImageUnshared', data: { member } })),
    ...[...wanted.values()].flatMap((given) => shared(given, known.get(given.member))),
  ];
}

/** Whoever is shared with again is asked again: what it decided stands. */
function shared({ member, canShare: asked }: GivenMember, before: Member | undefined): ImageEvent[] {
  const canShare = asked ?? before?.canShare ?? false;
  if (before?.canShare === canShare) return [];
  const decided: ImageEvent[] = before && before.status !== 'pending' ? [{ type: 'ImageMembershipDecided', data: { member, status: before.status } }] : [];
  return [{ type: 'ImageShared', data: { member, canShare } }, ...decided];
}
