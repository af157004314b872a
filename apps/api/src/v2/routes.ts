const route = (path: string, ...methods: string[]) => ({
  path: new RegExp(`^/v2${path.replace(/\{\w+\}/g, '[^/]+')}$`),
  methods,
});

const namespaced = (kind: string, one: readonly string[], all = ['GET', 'POST', 'DELETE']) => [
  route(`/metadefs/namespaces/{namespace}/${kind}`, ...all),
  route(`/metadefs/namespaces/{namespace}/${kind}/{name}`, ...one),
];

const SCHEMAS = 'image|images|member|members|task|tasks';
const METADEF_SCHEMAS = 'namespace|namespaces|object|objects|property|properties|resource_type|resource_types|tag|tags';

/** Every resource of the Images API v2 with its methods, in the order in which `Allow` names them. */
const ROUTES = [
  route('/images', 'GET', 'POST'),
  route('/images/{image_id}', 'GET', 'PATCH', 'DELETE'),
  route('/images/{image_id}/file', 'GET', 'PUT'),
  route('/images/{image_id}/stage', 'PUT'),
  route('/images/{image_id}/import', 'POST'),
  route('/images/{image_id}/tasks', 'GET'),
  route('/images/{image_id}/locations', 'GET', 'POST'),
  route('/images/{image_id}/actions/(?:deactivate|reactivate)', 'POST'),
  route('/images/{image_id}/tags/{tag}', 'PUT', 'DELETE'),
  route('/images/{image_id}/members', 'GET', 'POST'),
  route('/images/{image_id}/members/{member_id}', 'GET', 'PUT', 'DELETE'),
  route('/stores/{store_id}/{image_id}', 'DELETE'),
  route('/info/(?:import|stores|stores/detail|usage)', 'GET'),
  route('/cache', 'GET', 'DELETE'),
  route('/cache/(?:clean|prune)', 'POST'),
  route('/cache/nodes/{image_id}', 'GET'),
  route('/cache/{image_id}', 'DELETE', 'PUT'),
  route('/cached_images', 'GET', 'DELETE'),
  route('/cached_images/{image_id}', 'DELETE'),
  route('/queued_images', 'GET', 'DELETE'),
  route('/queued_images/{image_id}', 'PUT', 'DELETE'),
  route('/tasks', 'GET', 'POST'),
  route('/tasks/{task_id}', 'GET'),
  route(`/schemas/(?:${SCHEMAS})`, 'GET'),
  route(`/schemas/metadefs/(?:${METADEF_SCHEMAS})`, 'GET'),
  route('/metadefs/resource_types', 'GET'),
  route('/metadefs/namespaces', 'GET', 'POST'),
  route('/metadefs/namespaces/{namespace}', 'GET', 'PUT', 'DELETE'),
  ...namespaced('properties', ['GET', 'PUT', 'DELETE']),
  ...namespaced('objects', ['GET', 'PUT', 'DELETE']),
  ...namespaced('tags', ['GET', 'POST', 'PUT', 'DELETE']),
  ...namespaced('resource_types', ['DELETE'], ['GET', 'POST']),
];

/** Methods of the resource at a path; undefined where there is none. */
export function methodsOf(path: string): readonly string[] | undefined {
  return ROUTES.find((one) => one.path.test(path))?.methods;
}
