import type { Image } from '../image/image.js';
import type { SortKey } from './image-list.js';

/** What an image is sorted by: a missing text sorts as '', a missing size as 0. Times are ISO 8601 with ms. */
export function sortValue(image: Image, key: SortKey): string | number {
  switch (key) {
    case 'id':
      return image.id.toLowerCase();
    case 'name':
      return image.name ?? '';
    case 'status':
      return image.status;
    case 'container_format':
      return image.containerFormat ?? '';
    case 'disk_format':
      return image.diskFormat ?? '';
    case 'size':
      return image.size ?? 0;
    case 'created_at':
      return image.createdAt;
    case 'updated_at':
      return image.updatedAt;
  }
}
