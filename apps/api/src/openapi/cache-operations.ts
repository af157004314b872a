import type { Operations } from './operation.js';

const IDS = { type: 'array', items: { type: 'string' } };
const CACHED = {
  type: 'array',
  items: {
    type: 'object',
    properties: {
      image_id: { type: 'string' }, hits: { type: 'integer' }, size: { type: 'integer' },
      last_accessed: { type: 'number', description: 'seconds since 1970; 0: never' }, last_modified: { type: 'number' },
    },
  },
};
const DELETED = { type: 'object', properties: { num_deleted: { type: 'integer' } } };
const OLD = '(of old; only with `+cachemanagement`)';

export const CACHE_OPERATIONS: Operations = {
  'GET /cache': { summary: 'What this node has in its cache, and what it will fetch', status: 200, answer: { type: 'object', properties: { cached_images: CACHED, queued_images: IDS } } },
  'DELETE /cache': { summary: 'Empty cache, queue, or both (`x-image-cache-clear-target`)', status: 204 },
  'PUT /cache/{image_id}': { summary: 'Have an image fetched into the cache by a job', status: 202 },
  'DELETE /cache/{image_id}': { summary: 'Remove an image from cache and queue', status: 204 },
  'GET /cache/nodes/{image_id}': { summary: 'Nodes that have an image in their caches', status: 200, answer: IDS, also: { 409: 'each node knows only of itself (`image_cache_driver`)' } },
  'POST /cache/clean': { summary: 'Remove what stalled or proved wrong', status: 200 },
  'POST /cache/prune': {
    summary: 'Remove the least recently used, down to the bound', status: 200,
    answer: { type: 'object', properties: { total_files_pruned: { type: 'integer' }, total_bytes_pruned: { type: 'integer' } } },
  },
  'GET /cached_images': { summary: `What is cached ${OLD}`, status: 200, answer: { type: 'object', properties: { cached_images: CACHED } } },
  'DELETE /cached_images': { summary: `Empty the cache ${OLD}`, status: 200, answer: DELETED },
  'DELETE /cached_images/{image_id}': { summary: `Remove an image from the cache ${OLD}`, status: 200 },
  'GET /queued_images': { summary: `What is queued ${OLD}`, status: 200, answer: { type: 'object', properties: { queued_images: IDS } } },
  'DELETE /queued_images': { summary: `Empty the queue ${OLD}`, status: 200, answer: DELETED },
  'PUT /queued_images/{image_id}': { summary: `Have an image fetched into the cache ${OLD}`, status: 200 },
  'DELETE /queued_images/{image_id}': { summary: `Remove an image from the queue ${OLD}`, status: 200 },
};
