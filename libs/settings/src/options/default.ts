import { option, optional } from '../option.js';
import { tlsOptions } from './tls.js';
import { bool, byteCount, dict, hashName, host, httpUrl, int, port, storageAmount, text } from '../oslo-types.js';
import { proxyOptions } from './oslo-middleware.js';
import { apiVersionOptions } from './api-versions.js';
import { deletionOptions } from './scrubber.js';
import { imageCacheOptions } from './image-cache.js';
import { importOptions } from './imports.js';
import { metadefFileOptions } from './metadefs.js';
import { loggingOptions } from './logging.js';
import { propertyProtectionOptions } from './property-protections.js';
import { locationImportOptions } from './task.js';

const quota = (size: string) => option(int(-1), size);

export const listenerOptions = {
  bind_host: option(host(), '0.0.0.0'),
  bind_port: option(port(), '9292'),
  backlog: option(int(1), '4096'),
  http_keepalive: option(bool(), 'True'),
  client_socket_timeout: option(int(0), '900'),
  max_header_line: option(int(1), '16384'),
  tcp_keepidle: option(int(1), '600'),
  public_endpoint: optional(httpUrl()),
  workers: optional(int(0)),
  /** The role that may do everything; without case. */
  admin_role: option(text(), 'admin'),
  /** Means nothing beside `[oslo_policy] enforce_new_defaults`. */
  enforce_secure_rbac: optional(bool()),
  allow_anonymous_access: option(bool(), 'False'),
  use_keystone_limits: option(bool(), 'False'),
  max_request_id_length: option(int(0), '64'),
} as const;

export const imageOptions = {
  image_size_cap: option(byteCount(1), '1099511627776'),
  hashing_algorithm: option(hashName(), 'sha512'),
  limit_param_default: option(int(1), '25'),
  api_limit_max: option(int(1), '1000'),
  show_image_direct_url: option(bool(), 'False'),
  show_multiple_locations: option(bool(), 'False'),
  allow_additional_image_properties: option(bool(), 'True'),
  metadata_encryption_key: optional(text(), { secret: true }),
  image_property_quota: quota('128'),
  image_tag_quota: quota('128'),
  image_member_quota: quota('128'),
  image_location_quota: quota('10'),
  user_storage_quota: option(storageAmount(), '0'),
  // Ours: Glance limits the number of images only with limits that are registered in Keystone.
  image_count_quota: quota('-1'),
  enabled_backends: optional(dict()),
  node_staging_uri: option(text(), 'file:///tmp/staging/'),
} as const;

/** Whether the schema is made in an empty database of the operator's at the start (Folsom's name). */
export const databaseCareOptions = {
  db_auto_create: option(bool(), 'False'),
  /** Of the read models: a name of Glance's, or a module. */
  data_api: option(text(), 'glance.db.sqlalchemy.api'),
} as const;

/** The default is filled in from the environment: `$XDG_STATE_HOME/afterimage`. */
export const stateOptions = { state_dir: option(text(), '') } as const;

export const defaultOptions = { ...stateOptions, ...databaseCareOptions, ...metadefFileOptions, ...listenerOptions, ...apiVersionOptions, ...tlsOptions, ...proxyOptions, ...imageOptions, ...importOptions, ...imageCacheOptions, ...deletionOptions, ...propertyProtectionOptions, ...locationImportOptions, ...loggingOptions } as const;
