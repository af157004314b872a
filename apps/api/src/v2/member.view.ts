import type { ImageMember } from '#images';
import { time } from './image.view.js';

/** The member document of images-v2 §12. */
export const memberView = ({ member, imageId, status, createdAt, updatedAt }: ImageMember): Record<string, unknown> => ({
  member_id: member,
  image_id: imageId,
  status,
  created_at: time(createdAt),
  updated_at: time(updatedAt),
  schema: '/v2/schemas/member',
});
