import { header, query, type Operation, type Operations } from './operation.js';

const NAMESPACES = '/metadefs/namespaces';
const ONE = `${NAMESPACES}/{namespace}`;
const PREFIX = query('resource_type', 'names of properties get the prefix that belongs to this type');
const PAGE = [query('limit', 'entries a page', { type: 'integer' }), query('marker', 'name of the last entry of the page before')];

/** The five operations that properties and objects share. */
function items(kind: string, one: string, list: string): Operations {
  return {
    [`GET ${ONE}/${kind}`]: { summary: `List the ${kind} of a namespace`, parameters: PAGE, status: 200, answer: list },
    [`POST ${ONE}/${kind}`]: { summary: `Define one of a namespace's ${kind}`, body: { schema: one }, status: 201, answer: one },
    [`DELETE ${ONE}/${kind}`]: { summary: `Remove all ${kind} of a namespace`, status: 204 },
    [`GET ${ONE}/${kind}/{name}`]: { summary: `Show one of a namespace's ${kind}`, parameters: kind === 'properties' ? [PREFIX] : [], status: 200, answer: one },
    [`PUT ${ONE}/${kind}/{name}`]: { summary: `Change or rename one of a namespace's ${kind}`, body: { schema: one }, status: 200, answer: one },
    [`DELETE ${ONE}/${kind}/{name}`]: { summary: `Remove one of a namespace's ${kind}`, status: 204 },
  };
}

const tagList: Operation['answer'] = { type: 'object', properties: { tags: { type: 'array' } } };

export const METADEF_OPERATIONS: Operations = {
  'GET /metadefs/resource_types': { summary: 'List the types of resources that namespaces can be associated with', status: 200, answer: { type: 'object' } },
  [`GET ${NAMESPACES}`]: {
    summary: 'List namespaces of metadata definitions', status: 200, answer: 'metadefs_namespaces',
    parameters: [...PAGE, query('visibility', 'public or private'), query('resource_types', 'names, separated by commas'), query('sort_key', 'one key'), query('sort_dir', 'asc or desc')],
  },
  [`POST ${NAMESPACES}`]: { summary: 'Create a namespace, with what is in it', body: { schema: 'metadefs_namespace' }, status: 201, answer: 'metadefs_namespace' },
  [`GET ${ONE}`]: { summary: 'Show a namespace with all that is in it', parameters: [PREFIX], status: 200, answer: 'metadefs_namespace' },
  [`PUT ${ONE}`]: { summary: 'Change or rename a namespace', body: { schema: 'metadefs_namespace' }, status: 200, answer: 'metadefs_namespace' },
  [`DELETE ${ONE}`]: { summary: 'Delete a namespace with all that is in it', status: 204 },
  ...items('properties', 'metadefs_property', 'metadefs_properties'),
  ...items('objects', 'metadefs_object', 'metadefs_objects'),
  [`GET ${ONE}/tags`]: { summary: 'List the tags of a namespace, newest first', parameters: PAGE, status: 200, answer: 'metadefs_tags' },
  [`POST ${ONE}/tags`]: {
    summary: 'Replace the tags of a namespace', body: { schema: 'metadefs_tags' }, status: 201, answer: tagList,
    parameters: [header('X-Openstack-Append', '`true`: add them to those that are there')],
  },
  [`DELETE ${ONE}/tags`]: { summary: 'Remove all tags of a namespace', status: 204 },
  [`GET ${ONE}/tags/{name}`]: { summary: 'Show a tag of a namespace', status: 200, answer: 'metadefs_tag' },
  [`POST ${ONE}/tags/{name}`]: { summary: 'Add a tag to a namespace', status: 201, answer: 'metadefs_tag' },
  [`PUT ${ONE}/tags/{name}`]: { summary: 'Rename a tag of a namespace', body: { schema: 'metadefs_tag' }, status: 200, answer: 'metadefs_tag' },
  [`DELETE ${ONE}/tags/{name}`]: { summary: 'Remove a tag of a namespace', status: 204 },
  [`GET ${ONE}/resource_types`]: { summary: 'List the types of resources that a namespace is meant for', status: 200, answer: 'metadefs_resource_types' },
  [`POST ${ONE}/resource_types`]: { summary: 'Associate a namespace with a type of resource', body: { schema: 'metadefs_resource_type' }, status: 201, answer: 'metadefs_resource_type' },
  [`DELETE ${ONE}/resource_types/{name}`]: { summary: 'End an association', status: 204 },
};
