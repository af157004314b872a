import type { PolicyRule } from './policy-rules.js';

const ADMIN = 'rule:context_is_admin';
const OWN = 'project_id:%(project_id)s';
const MEMBER = `${ADMIN} or (role:member and ${OWN})`;
const READER = `${ADMIN} or (role:reader and ${OWN})`;
const NEAR = `${OWN} or project_id:%(member_id)s or 'community':%(visibility)s or 'public':%(visibility)s or 'shared':%(visibility)s`;
const SHARED_MEMBER = 'project_id:%(member_id)s';
const METADEF = `${ADMIN} or (role:reader and (${OWN} or 'public':%(visibility)s))`;

interface DefaultRule {
  readonly rule: string;
  /** What let callers pass before secure RBAC, in addition. */
  readonly before?: string;
}

const rule = (text: string, before?: string): DefaultRule => ({ rule: text, ...(before === undefined ? {} : { before }) });
const once = (text: string) => rule(text, 'rule:default');
const metadef = (text: string) => rule(text, 'rule:metadef_default');

/** Who may do what where the operator says nothing (operations §2). */
export const DEFAULT_RULES: Readonly<Record<PolicyRule, DefaultRule>> = {
  default: rule(''),
  context_is_admin: rule('role:admin'),
  service_api: rule('role:service or role:admin'),
  add_image: once(`${ADMIN} or (role:member and ${OWN} and project_id:%(owner)s)`),
  get_image: once(`${ADMIN} or (role:reader and (${NEAR}))`),
  get_images: once(READER),
  modify_image: once(MEMBER),
  delete_image: once(MEMBER),
  publicize_image: rule(ADMIN),
  communitize_image: once(MEMBER),
  download_image: once(`${ADMIN} or (role:member and (${NEAR}))`),
  download_from_store: once(`${ADMIN} or (role:member and (${NEAR}))`),
  upload_image: once(MEMBER),
  get_image_location: once(READER),
  set_image_location: once(MEMBER),
  delete_image_location: once(ADMIN),
  add_image_location: rule(`rule:service_api or (role:member and ${OWN} and project_id:%(owner)s)`),
  fetch_image_location: rule('rule:service_api'),
  add_member: once(MEMBER),
  delete_member: once(MEMBER),
  get_member: once(`${ADMIN} or (role:reader and (${OWN} or ${SHARED_MEMBER}))`),
  get_members: once(`${ADMIN} or (role:reader and (${OWN} or ${SHARED_MEMBER}))`),
  modify_member: once(`${ADMIN} or (role:member and ${SHARED_MEMBER})`),
  manage_image_cache: rule(ADMIN),
  cache_image: rule(ADMIN, 'rule:manage_image_cache'),
  cache_list: rule(ADMIN, 'rule:manage_image_cache'),
  cache_delete: rule(ADMIN, 'rule:manage_image_cache'),
  cache_clean: rule(ADMIN),
  cache_prune: rule(ADMIN),
  list_cached_nodes: rule(ADMIN),
  deactivate: once(MEMBER),
  reactivate: once(MEMBER),
  copy_image: rule(ADMIN),
  stores_info_detail: rule(`${ADMIN} or rule:service_api`),
  get_task: rule('rule:default'),
  get_tasks: rule('rule:default'),
  add_task: rule('rule:default'),
  modify_task: rule('rule:default'),
  tasks_api_access: rule(ADMIN),
  metadef_default: rule(''),
  metadef_admin: rule(ADMIN),
  get_metadef_namespace: metadef(METADEF),
  get_metadef_namespaces: metadef(READER),
  add_metadef_namespace: rule('rule:metadef_admin'),
  modify_metadef_namespace: rule('rule:metadef_admin'),
  delete_metadef_namespace: rule('rule:metadef_admin'),
  get_metadef_object: metadef(METADEF),
  get_metadef_objects: metadef(METADEF),
  add_metadef_object: rule('rule:metadef_admin'),
  modify_metadef_object: rule('rule:metadef_admin'),
  delete_metadef_object: rule('rule:metadef_admin'),
  list_metadef_resource_types: metadef(METADEF),
  get_metadef_resource_type: metadef(METADEF),
  add_metadef_resource_type_association: rule('rule:metadef_admin'),
  remove_metadef_resource_type_association: rule('rule:metadef_admin'),
  get_metadef_property: metadef(METADEF),
  get_metadef_properties: metadef(METADEF),
  add_metadef_property: rule('rule:metadef_admin'),
  modify_metadef_property: rule('rule:metadef_admin'),
  remove_metadef_property: rule('rule:metadef_admin'),
  get_metadef_tag: metadef(METADEF),
  get_metadef_tags: metadef(METADEF),
  add_metadef_tag: rule('rule:metadef_admin'),
  add_metadef_tags: rule('rule:metadef_admin'),
  modify_metadef_tag: rule('rule:metadef_admin'),
  delete_metadef_tag: rule('rule:metadef_admin'),
  delete_metadef_tags: rule('rule:metadef_admin'),
};

/** Rules that tokens for the whole system or a domain may be asked by as well; all others are for projects. */
export const UNSCOPED: readonly PolicyRule[] = ['default', 'context_is_admin', 'service_api', 'metadef_default', 'metadef_admin'];
