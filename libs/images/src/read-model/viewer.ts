import type { Image } from '../image/image.js';
import type { Viewer } from './image-list.js';

/** Who may see an image by its id (images-v2 §5); what a list shows of it is narrower. */
export const maySee = (viewer: Viewer, image: Image): boolean =>
  viewer.admin || image.owner === null || image.visibility === 'public' || image.visibility === 'community' || owns(viewer, image);

export const owns = (viewer: Viewer, image: Image): boolean => viewer.project !== null && viewer.project === image.owner;
