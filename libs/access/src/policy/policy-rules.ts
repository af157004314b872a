/** Every rule that the Image service asks for, by its oslo.policy name (operations §2). */
export const POLICY_RULES = [
  'default', 'context_is_admin', 'service_api',
  'add_image', 'get_image', 'get_images', 'modify_image', 'delete_image', 'publicize_image', 'communitize_image',
  'download_image', 'download_from_store', 'upload_image',
  'get_image_location', 'set_image_location', 'delete_image_location', 'add_image_location', 'fetch_image_location',
  'add_member', 'delete_member', 'get_member', 'get_members', 'modify_member',
  'manage_image_cache', 'cache_image', 'cache_list', 'cache_delete', 'cache_clean', 'cache_prune', 'list_cached_nodes',
  'deactivate', 'reactivate', 'copy_image', 'stores_info_detail',
  'get_task', 'get_tasks', 'add_task', 'modify_task', 'tasks_api_access',
  'metadef_default', 'metadef_admin',
  'get_metadef_namespace', 'get_metadef_namespaces', 'add_metadef_namespace', 'modify_metadef_namespace', 'delete_metadef_namespace',
  'get_metadef_object', 'get_metadef_objects', 'add_metadef_object', 'modify_metadef_object', 'delete_metadef_object',
  'list_metadef_resource_types', 'get_metadef_resource_type', 'add_metadef_resource_type_association', 'remove_metadef_resource_type_association',
  'get_metadef_property', 'get_metadef_properties', 'add_metadef_property', 'modify_metadef_property', 'remove_metadef_property',
  'get_metadef_tag', 'get_metadef_tags', 'add_metadef_tag', 'add_metadef_tags', 'modify_metadef_tag', 'delete_metadef_tag', 'delete_metadef_tags',
] as const;

export type PolicyRule = (typeof POLICY_RULES)[number];

/** A rule that only the operator's files name: who asks for one does so by what it read there. */
export type OperatorRule = string & { readonly operatorRule: true };
export const operatorRule = (name: string): OperatorRule => name as OperatorRule;
