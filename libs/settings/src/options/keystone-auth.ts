import { formerly, option, optional } from '../option.js';
import { bool, httpUrl, int, text } from '../oslo-types.js';

/** keystoneauth's own: how any part reaches Keystone and who it is there. */
export const keystoneAuthOptions = {
  auth_type: optional(text()),
  auth_section: optional(text()),
  auth_url: optional(httpUrl()),
  username: optional(text()),
  user_id: optional(text()),
  user_domain_id: optional(text()),
  user_domain_name: optional(text()),
  password: optional(text(), { secret: true }),
  project_id: optional(text()),
  project_name: optional(text()),
  project_domain_id: optional(text()),
  project_domain_name: optional(text()),
  default_domain_id: optional(text()),
  default_domain_name: optional(text()),
  domain_id: optional(text()),
  domain_name: optional(text()),
  system_scope: optional(text()),
  application_credential_id: optional(text()),
  application_credential_name: optional(text()),
  application_credential_secret: optional(text(), { secret: true }),
  token: optional(text(), { secret: true }),
  cafile: optional(text()),
  certfile: optional(text()),
  keyfile: optional(text()),
  insecure: option(bool(), 'False'),
  region_name: optional(text()),
} as const;

export const keystoneAuthtokenOptions = {
  ...keystoneAuthOptions,
  www_authenticate_uri: optional(text(), formerly('keystone_authtoken.auth_uri')),
  http_connect_timeout: option(int(1), '10'),
  http_request_max_retries: option(int(0), '3'),
  token_cache_time: option(int(-1), '300'),
  service_token_roles: option(text(), 'service'),
  service_token_roles_required: option(bool(), 'False'),
  service_type: option(text(), 'image'),
  delay_auth_decision: option(bool(), 'False'),
  identity_uri: optional(httpUrl()),
  auth_host: optional(text()),
  auth_port: option(text(), '5000'),
  auth_protocol: option(text(), 'https'),
  admin_user: optional(text()),
  admin_password: optional(text(), { secret: true }),
  admin_tenant_name: option(text(), 'admin'),
} as const;

export const osloLimitOptions = {
  ...keystoneAuthOptions,
  endpoint_id: optional(text()),
  endpoint_service_type: optional(text()),
  endpoint_service_name: optional(text()),
  endpoint_region_name: optional(text()),
  endpoint_interface: optional(text()),
  timeout: option(int(1), '10'),
  /** Ours: an upload never passes `image_size_total`; Glance lets one do so. */
  hard_limits: option(bool(), 'False'),
} as const;
