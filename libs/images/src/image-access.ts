import type { Principal } from '#access';
import { Forbidden, ImageNotFound } from './image/image.errors.js';
import type { Image } from './image/image.js';
import { UNLISTED } from './read-model/image-list.js';
import { maySee, owns } from './read-model/viewer.js';

/** An image that the caller cannot see is missing, whatever the caller tries (images-v2 §5). */
export function visible(caller: Principal, id: string, image: Image | undefined): Image {
  if (!image || UNLISTED.includes(image.status) || !maySee(caller, image)) throw new ImageNotFound(id);
  return image;
}

export function mayChange(caller: Principal, image: Image): Image {
  if (!caller.admin && !owns(caller, image)) throw new Forbidden(`You are not permitted to modify image ${image.id}.`);
  return image;
}

export function mayPublish(caller: Principal, visibility: string): void {
  if (visibility === 'public' && !caller.admin) throw new Forbidden('You are not authorized to make an image public.');
}

export function mayOwn(caller: Principal, owner: string | null): void {
  if (!caller.admin && owner !== caller.project) throw new Forbidden(`You are not permitted to create images owned by '${owner}'.`);
}
