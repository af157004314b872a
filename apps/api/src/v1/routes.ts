import { methodsIn, resource, type Resource } from '../http/resources.js';

/** Every resource of the Images API v1; of two that fit a path the first counts. */
export const RESOURCES: readonly Resource[] = [
  resource('/images', 'GET', 'POST'),
  resource('/images/detail', 'GET'),
  resource('/images/{image_id}', 'GET', 'HEAD', 'PUT', 'DELETE'),
  resource('/images/{image_id}/members', 'GET', 'PUT'),
  resource('/images/{image_id}/members/{member_id}', 'PUT', 'DELETE'),
  resource('/shared-images/{member_id}', 'GET'),
  resource('/cached_images', 'GET', 'DELETE'),
  resource('/cached_images/{image_id}', 'DELETE'),
  resource('/queued_images', 'GET', 'DELETE'),
  resource('/queued_images/{image_id}', 'PUT', 'DELETE'),
];

export const methodsOfV1 = methodsIn('/v1', RESOURCES);
