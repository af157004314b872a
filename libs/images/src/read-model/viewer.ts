import type { Image } from '../image/image.js';
import type { Member } from '../image/membership.js';
import type { Viewer } from './image-list.js';

/** Who may see an image by its id (images-v2 §5); what a list shows of it is narrower. */
export const maySee = (viewer: Viewer, image: Image): boolean =>
  viewer.admin || image.owner === null || image.visibility === 'public' || image.visibility === 'community'
  || owns(viewer, image) || membershipOf(viewer, image) !== undefined;

export const owns = (viewer: Viewer, image: Image): boolean => viewer.project !== null && viewer.project === image.owner;

/** In any status, but only while the image is shared. */
export const membershipOf = ({ project }: Viewer, { visibility, members }: Image): Member | undefined =>
  project === null || visibility !== 'shared' ? undefined : members.find(({ member }) => member === project);
