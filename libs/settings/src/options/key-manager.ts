import { formerly, option, optional } from '../option.js';
import { bool, httpUrl, text } from '../oslo-types.js';

export const keyManagerOptions = { backend: option(text(), 'barbican', formerly('key_manager.api_class')) } as const;

/** castellan's, where no answer of Keystone is needed for them. */
export const barbicanOptions = {
  barbican_endpoint: optional(httpUrl()),
  barbican_endpoint_type: option(text(), 'public'),
  barbican_region_name: optional(text()),
  barbican_api_version: option(text(), 'v1'),
  verify_ssl: option(bool(), 'True'),
  verify_ssl_path: optional(text()),
} as const;
