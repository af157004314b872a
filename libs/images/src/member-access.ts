import { Inject, Injectable } from '@nestjs/common';
import { POLICY, type Policy, type PolicyRule, type Principal } from '#access';
import { ImageAccess, refuseReadOnly } from './image-access.js';
import { Forbidden, ImageNotFound, MemberNotFound, NotShared } from './image/image.errors.js';
import type { Image } from './image/image.js';
import type { Member } from './image/membership.js';
import { existingMember, withMembers } from './image/share-image.js';
import { policyTarget } from './policy-target.js';
import { owns } from './read-model/viewer.js';

/**
 * Who may do what with the members of an image (images-v2 §5, §12). Of an image that it does not own a project knows its
 * own membership and no other; of one that it cannot see, nothing.
 */
@Injectable()
export class MemberAccess {
  constructor(
    private readonly images: ImageAccess,
    @Inject(POLICY) private readonly policy: Policy,
  ) {}

  /** The image, where the caller may share it. */
  async toShare(caller: Principal, id: string): Promise<Image> {
    refuseReadOnly(caller);
    const image = withMembers(await this.images.find(caller, id));
    if (!this.asBefore(caller, owns(caller, image)) || !this.allows('add_member', caller, image)) {
      throw new Forbidden(`Not allowed to create members for image ${image.id}.`);
    }
    return image;
  }

  /** The image, where the caller may share it as the Images API v1 has it: an admin, the owner, and members that may share it further. Others learn of nothing. */
  async toSetMembers(caller: Principal, id: string, rule: 'add_member' | 'delete_member'): Promise<Image> {
    refuseReadOnly(caller);
    const image = await this.images.find(caller, id);
    const shares = image.members.some(({ member, canShare }) => canShare && member === caller.project);
    if (!caller.admin && !owns(caller, image) && !shares) throw new ImageNotFound(id);
    // A rule knows owners: who shares on stands in for one.
    if (!this.allows(rule, caller, shares ? { ...image, owner: caller.project } : image)) throw new Forbidden(`Not allowed to change the members of image ${image.id}.`);
    return image;
  }

  /** Those of any image that the caller may know of. */
  async membersOf(caller: Principal, id: string): Promise<readonly Member[]> {
    const image = await this.images.find(caller, id);
    if (!this.allows('get_members', caller, image)) throw new Forbidden(`Not allowed to list members for image ${image.id}.`);
    return image.members.filter(({ member }) => knows(caller, image, member));
  }

  /** Those that the caller may know of. */
  async list(caller: Principal, id: string): Promise<{ readonly image: Image; readonly members: readonly Member[] }> {
    const image = withMembers(await this.images.find(caller, id));
    if (!this.allows('get_members', caller, image)) throw new Forbidden(`Not allowed to list members for image ${image.id}.`);
    const each = this.allows('get_member', caller, image);
    return { image, members: image.members.filter(({ member }) => each && knows(caller, image, member)) };
  }

  /** A refusal would tell that there is something: it is missing for whoever may not see it. */
  async show(caller: Principal, id: string, member: string): Promise<{ readonly image: Image; readonly member: Member }> {
    try {
      const image = withMembers(await this.images.find(caller, id));
      return { image, member: this.knownMember(caller, image, member) };
    } catch (error) {
      if (error instanceof Forbidden || error instanceof NotShared) throw new MemberNotFound(id, member);
      throw error;
    }
  }

  /** The image, where the caller may decide for that member; its owner never may. */
  async toDecide(caller: Principal, id: string, member: string): Promise<Image> {
    refuseReadOnly(caller);
    const found = await this.images.find(caller, id);
    // Of what is not shared, strangers are told of no members at all.
    if (found.visibility !== 'shared' && !caller.admin && !owns(caller, found)) throw new MemberNotFound(found.id, member);
    const image = withMembers(found);
    const message = `Not allowed to update members for image ${image.id}.`;
    if (!this.asBefore(caller, !owns(caller, image))) throw new Forbidden(message);
    this.knownMember(caller, image, member);
    if (!this.allows('modify_member', caller, image)) throw new Forbidden(message);
    return image;
  }

  /** The image, where the caller may remove that member. */
  async toUnshare(caller: Principal, id: string, member: string): Promise<Image> {
    refuseReadOnly(caller);
    const image = withMembers(await this.images.find(caller, id));
    const message = `Not allowed to delete members for image ${image.id}.`;
    if (!this.asBefore(caller, owns(caller, image))) throw new Forbidden(message);
    this.knownMember(caller, image, member);
    if (!this.allows('delete_member', caller, image)) throw new Forbidden(message);
    return image;
  }

  private knownMember(caller: Principal, image: Image, member: string): Member {
    if (!this.allows('get_member', caller, image)) throw new Forbidden(`You are not authorized to lookup the members of the image ${image.id}.`);
    if (!knows(caller, image, member)) throw new MemberNotFound(image.id, member);
    return existingMember(image, member);
  }

  /** The hard rules from before secure RBAC; since then policies alone decide. */
  private asBefore(caller: Principal, right: boolean): boolean {
    return !this.policy.legacy || caller.admin || right;
  }

  private allows(rule: PolicyRule, caller: Principal, image: Image): boolean {
    return this.policy.allows(rule, caller, policyTarget(image, caller));
  }
}

const knows = (caller: Principal, image: Image, member: string): boolean => caller.admin || owns(caller, image) || caller.project === member;
