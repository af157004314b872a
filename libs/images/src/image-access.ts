import { Inject, Injectable } from '@nestjs/common';
import { operatorRule, POLICY, type Policy, type PolicyRule, type PolicyTarget, type Principal } from '#access';
import { Forbidden, ImageNotFound } from './image/image.errors.js';
import type { Visibility } from './image/image.events.js';
import type { Image } from './image/image.js';
import { policyTarget } from './policy-target.js';
import { IMAGE_LIST } from './images.options.js';
import { GONE, type ImageList } from './read-model/image-list.js';
import { maySee, owns } from './read-model/viewer.js';

/** Who may do what with an image, asked once by each service (images-v2 §5). What the caller cannot see is missing, whatever is tried. */
@Injectable()
export class ImageAccess {
  constructor(
    @Inject(POLICY) private readonly policy: Policy,
    @Inject(IMAGE_LIST) private readonly images: ImageList,
  ) {}

  /** The image, where the caller may see it; `ImageNotFound` otherwise. */
  async find(caller: Principal, id: string): Promise<Image> {
    return this.visible(caller, id, await this.images.find(id));
  }

  /** As `find`; an admin finds deleted images too, as the Images API v1 shows them. */
  async findAny(caller: Principal, id: string): Promise<Image> {
    const image = await this.images.find(id);
    if (caller.admin && image && this.reads(caller, image)) return image;
    return this.visible(caller, id, image);
  }

  /** For services, which need not be readers: to be told of places, the image must be theirs to see; to add one it may be anybody's. */
  async findForService(caller: Principal, id: string, whose: 'visible' | 'anybody'): Promise<Image> {
    const image = await this.images.find(id);
    const found = image && !GONE.includes(image.status) && (whose === 'anybody' || maySee(caller, image));
    return found && this.policy.allows('service_api', caller, {}) ? image : this.visible(caller, id, image);
  }

  private visible(caller: Principal, id: string, image: Image | undefined): Image {
    if (!image || !this.sees(caller, image)) throw new ImageNotFound(id);
    return image;
  }

  sees(caller: Principal, image: Image): boolean {
    return !GONE.includes(image.status) && this.reads(caller, image);
  }

  /** Whether it is deleted or not. */
  reads(caller: Principal, image: Image): boolean {
    return maySee(caller, image) && this.policy.allows('get_image', asReader(caller), policyTarget(image, caller));
  }

  /** For what reads, or changes something beside the image. */
  permit(rule: PolicyRule, caller: Principal, image: Image): void {
    if (!this.policy.allows(rule, caller, policyTarget(image, caller))) throw new Forbidden(`You are not authorized to complete ${rule} action.`);
  }

  /** For what changes the image; before secure RBAC the owner or an admin, whatever the rule says. */
  permitChange(rule: PolicyRule, caller: Principal, image: Image): void {
    refuseReadOnly(caller);
    this.permit(rule, caller, image);
    if (this.policy.legacy && !caller.admin && !owns(caller, image)) throw new Forbidden('You do not own this image');
  }

  /** Services add places to images that are not theirs. */
  permitAddition(caller: Principal, image: Image): void {
    refuseReadOnly(caller);
    this.permit('add_image_location', caller, image);
  }

  /** Asked before there is an image. */
  permitToCreator(rule: PolicyRule, caller: Principal): void {
    refuseReadOnly(caller);
    this.permitAny(rule, caller, { project_id: caller.project, owner: caller.project });
  }

  /** A rule of version 1, which only operators' files have. */
  permitCopyFrom(caller: Principal): void {
    refuseReadOnly(caller);
    const target = { project_id: caller.project, owner: caller.project };
    if (!this.policy.allows(operatorRule('copy_from'), caller, target)) throw new Forbidden('You are not authorized to complete copy_from action.');
  }

  /** An image is given to another project by an admin only. */
  permitOwner(caller: Principal): void {
    if (!caller.admin) throw new Forbidden("You are not permitted to modify 'owner' on this image.");
  }

  permitList(caller: Principal): void {
    this.permitAny('get_images', asReader(caller), { project_id: caller.project, owner: caller.project });
  }

  permitCreation(caller: Principal, image: { readonly owner: string | null; readonly visibility: Visibility }): void {
    refuseReadOnly(caller);
    const target = { project_id: image.owner, owner: image.owner, visibility: image.visibility };
    const foreign = image.owner !== caller.project;
    if (!this.policy.allows('add_image', caller, target) || (this.policy.legacy && foreign && !caller.admin)) {
      throw new Forbidden(foreign ? `You are not permitted to create images owned by '${image.owner}'.` : 'You are not authorized to complete add_image action.');
    }
    this.permitVisibility(caller, image.visibility, target);
  }

  /** What the image would become, where that needs a right of its own. */
  permitVisibility(caller: Principal, visibility: Visibility, target: PolicyTarget): void {
    if (visibility === 'public') this.permitAny('publicize_image', caller, target);
    if (visibility === 'community') this.permitAny('communitize_image', caller, target);
  }

  allows(rule: PolicyRule, caller: Principal, target: PolicyTarget): boolean {
    return this.policy.allows(rule, caller, target);
  }

  private permitAny(rule: PolicyRule, caller: Principal, target: PolicyTarget): void {
    if (!this.policy.allows(rule, caller, target)) throw new Forbidden(`You are not authorized to complete ${rule} action.`);
  }
}

/** Who nobody knows is a reader of what everybody may see, and of no project (`allow_anonymous_access`). */
const asReader = (caller: Principal): Principal => (caller.readOnly ? { ...caller, roles: ['reader'] } : caller);

/** Nobody's data is changed by a caller that nobody knows. */
export function refuseReadOnly(caller: Principal): void {
  if (caller.readOnly) throw new Forbidden('Read-only access');
}
