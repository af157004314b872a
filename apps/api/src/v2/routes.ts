import { methodsIn, resource, type Resource } from '../http/resources.js';

const namespaced = (kind: string, one: readonly string[], all = ['GET', 'POST', 'DELETE']) => [
  resource(`/metadefs/namespaces/{namespace}/${kind}`, ...all),
  resource(`/metadefs/namespaces/{namespace}/${kind}/{name}`, ...one),
];

const SCHEMAS = ['image', 'images', 'member', 'members', 'task', 'tasks'];
const METADEF_SCHEMAS = ['namespace', 'namespaces', 'object', 'objects', 'property', 'properties', 'resource_type', 'resource_types', 'tag', 'tags'];

/** Every resource of the Images API v2; of two that fit a path the first counts. */
export const RESOURCES: readonly Resource[] = [
  resource('/images', 'GET', 'POST'),
  resource('/images/{image_id}', 'GET', 'PATCH', 'DELETE'),
  resource('/images/{image_id}/file', 'GET', 'PUT'),
  resource('/images/{image_id}/stage', 'PUT'),
  resource('/images/{image_id}/import', 'POST'),
  resource('/images/{image_id}/tasks', 'GET'),
  resource('/images/{image_id}/locations', 'GET', 'POST'),
  resource('/images/{image_id}/actions/deactivate', 'POST'),
  resource('/images/{image_id}/actions/reactivate', 'POST'),
  resource('/images/{image_id}/tags/{tag}', 'PUT', 'DELETE'),
  resource('/images/{image_id}/members', 'GET', 'POST'),
  resource('/images/{image_id}/members/{member_id}', 'GET', 'PUT', 'DELETE'),
  resource('/stores/{store_id}/{image_id}', 'DELETE'),
  resource('/info/import', 'GET'),
  resource('/info/stores', 'GET'),
  resource('/info/stores/detail', 'GET'),
  resource('/info/usage', 'GET'),
  resource('/cache', 'GET', 'DELETE'),
  resource('/cache/clean', 'POST'),
  resource('/cache/prune', 'POST'),
  resource('/cache/nodes/{image_id}', 'GET'),
  resource('/cache/{image_id}', 'DELETE', 'PUT'),
  resource('/cached_images', 'GET', 'DELETE'),
  resource('/cached_images/{image_id}', 'DELETE'),
  resource('/queued_images', 'GET', 'DELETE'),
  resource('/queued_images/{image_id}', 'PUT', 'DELETE'),
  resource('/tasks', 'GET', 'POST'),
  resource('/tasks/{task_id}', 'GET'),
  ...SCHEMAS.map((name) => resource(`/schemas/${name}`, 'GET')),
  ...METADEF_SCHEMAS.map((name) => resource(`/schemas/metadefs/${name}`, 'GET')),
  resource('/metadefs/resource_types', 'GET'),
  resource('/metadefs/namespaces', 'GET', 'POST'),
  resource('/metadefs/namespaces/{namespace}', 'GET', 'PUT', 'DELETE'),
  ...namespaced('properties', ['GET', 'PUT', 'DELETE']),
  ...namespaced('objects', ['GET', 'PUT', 'DELETE']),
  ...namespaced('tags', ['GET', 'POST', 'PUT', 'DELETE']),
  ...namespaced('resource_types', ['DELETE'], ['GET', 'POST']),
];

export const methodsOfV2 = methodsIn('/v2', RESOURCES);
