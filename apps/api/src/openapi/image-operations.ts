import { NEW_LOCATION_SCHEMA } from '../v2/schemas/location.schema.js';
import { header, query, type Operations } from './operation.js';

const PATCH_TYPES = ['application/openstack-images-v2.1-json-patch', 'application/openstack-images-v2.0-json-patch'];
const OPERATORS = 'also as `in:a,b,"c,d"`';

const LIST_PARAMETERS = [
  query('limit', 'images a page; at most `api_limit_max`', { type: 'integer' }),
  query('marker', 'id of the last image of the page before'),
  query('sort', '`key[:asc|desc],…` of name, status, container_format, disk_format, size, id, created_at, updated_at'),
  query('sort_key', 'one key; may be repeated'),
  query('sort_dir', '`asc` or `desc`, for all keys or one each'),
  query('visibility', 'public, private, shared, community or all'),
  query('member_status', 'accepted (default), pending, rejected or all: of images that others share'),
  query('os_hidden', 'true: only hidden images'),
  query('name', OPERATORS), query('id', OPERATORS), query('status', OPERATORS), query('container_format', OPERATORS), query('disk_format', OPERATORS),
  query('owner', 'project'),
  query('protected', '`true` or `false`'),
  query('tag', 'may be repeated: images that have all of them'),
  query('size_min', 'bytes', { type: 'integer' }), query('size_max', 'bytes', { type: 'integer' }),
  query('created_at', '`[gt|gte|lt|lte|eq|neq:]` and a time, ISO 8601'), query('updated_at', 'as created_at'),
];

const RANGE = [
  header('Range', '`bytes=a-b`, `bytes=a-` or `bytes=-n`: one range'),
  query('prefer', 'stores to be asked first, by their names'),
];

export const IMAGE_OPERATIONS: Operations = {
  'POST /images': { summary: 'Create an image, still without data', body: { schema: 'image' }, status: 201, answer: 'image' },
  'GET /images': { summary: 'List images; any other parameter is a custom property that must be equal', parameters: LIST_PARAMETERS, status: 200, answer: 'images' },
  'GET /images/{image_id}': { summary: 'Show an image', status: 200, answer: 'image' },
  'PATCH /images/{image_id}': { summary: 'Change an image: all steps or none', body: { type: PATCH_TYPES, schema: 'patch' }, status: 200, answer: 'image' },
  'DELETE /images/{image_id}': { summary: 'Delete an image; its id is never used again', status: 204 },
  'PUT /images/{image_id}/file': {
    summary: 'Store the data of a queued image; answered when it is durable, hashed and the image active',
    parameters: [header('X-OpenStack-Image-Size', 'bytes to come; any other number is refused'), header('X-Image-Meta-Store', 'name of the store to write to')],
    body: { type: ['application/octet-stream'] },
    status: 204,
  },
  'GET /images/{image_id}/file': {
    summary: 'Get the data, or a part of it', parameters: RANGE, status: 200, answer: { type: 'application/octet-stream' },
    also: { 204: 'The image has no data yet', 206: 'The part that was asked for' },
  },
  'POST /images/{image_id}/actions/deactivate': { summary: 'Let only admins have the data', status: 204 },
  'POST /images/{image_id}/actions/reactivate': { summary: 'Let those have the data again who could before', status: 204 },
  'PUT /images/{image_id}/tags/{tag}': { summary: 'Set a tag', status: 204 },
  'DELETE /images/{image_id}/tags/{tag}': { summary: 'Take a tag away', status: 204 },
  'GET /images/{image_id}/members': { summary: 'List the projects that an image is shared with', status: 200, answer: 'members' },
  'POST /images/{image_id}/members': {
    summary: 'Share an image with a project, or with several at once (`members`), which answers them as a list', status: 200, answer: 'member',
    body: { schema: { type: 'object', properties: { member: { type: 'string' }, members: { type: 'array', items: { type: 'string' } } } } },
  },
  'GET /images/{image_id}/members/{member_id}': { summary: 'Show a membership', status: 200, answer: 'member' },
  'PUT /images/{image_id}/members/{member_id}': {
    summary: 'Accept or reject an image that is shared with the caller\'s project', status: 200, answer: 'member',
    body: { schema: { type: 'object', properties: { status: { type: 'string', enum: ['pending', 'accepted', 'rejected'] } }, required: ['status'] } },
  },
  'DELETE /images/{image_id}/members/{member_id}': { summary: 'Share an image no more with a project', status: 204 },
  'POST /images/{image_id}/locations': { summary: 'Make a queued image active with data that lies elsewhere', body: { schema: NEW_LOCATION_SCHEMA }, status: 202 },
  'GET /images/{image_id}/locations': {
    summary: 'Where the data is; for services and admins', status: 200,
    answer: { type: 'array', items: { type: 'object', properties: { url: { type: 'string' }, metadata: { type: 'object' } } } },
  },
  'DELETE /stores/{store_id}/{image_id}': { summary: 'Remove an image\'s data from one of several stores', status: 204 },
  'GET /info/import': { summary: 'Ways of importing', status: 200, answer: { type: 'object' } },
  'GET /info/stores': { summary: 'The stores that clients may name', status: 200, answer: { type: 'object' } },
  'GET /info/stores/detail': { summary: 'The stores, with what the operator set of them', status: 200, answer: { type: 'object' } },
  'GET /info/usage': { summary: 'Limits and what is used of them', status: 200, answer: { type: 'object' } },
};
