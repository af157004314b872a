import { formerly, option, optional, repeated } from '../option.js';
import { bool, int, list, text } from '../oslo-types.js';

/** In `[glance_store]` (one store of a kind) or in the section of a backend (several). */
export const filesystemOptions = {
  filesystem_store_datadir: option(text(), '/var/lib/glance/images', formerly('DEFAULT.filesystem_store_datadir')),
  filesystem_store_datadirs: repeated(text(), formerly('DEFAULT.filesystem_store_datadirs')),
  filesystem_store_file_perm: option(int(0), '0', formerly('DEFAULT.filesystem_store_file_perm')),
  // Told to whoever asks; how bytes are written does not depend on them.
  filesystem_store_chunk_size: option(int(1), '65536'),
  filesystem_thin_provisioning: option(bool(), 'False'),
} as const;

export const httpOptions = {
  https_ca_certificates_file: optional(text()),
  // Glance trusts any certificate unless told otherwise.
  https_insecure: option(bool(), 'False'),
} as const;

export const anyBackendOptions = { store_description: option(text(), ''), weight: option(int(Number.MIN_SAFE_INTEGER), '0') } as const;

export const backendOptions = { ...anyBackendOptions, ...filesystemOptions, ...httpOptions } as const;

export const glanceStoreOptions = {
  default_backend: optional(text()),
  stores: option(list(), 'file,http', formerly('DEFAULT.stores', 'DEFAULT.known_stores')),
  default_store: option(text(), 'file', formerly('DEFAULT.default_store')),
  ...backendOptions,
} as const;
