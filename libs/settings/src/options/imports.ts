import { option, optional } from '../option.js';
import { dict, httpUrl, int, list, oneOf, quotedList, storageAmount, text } from '../oslo-types.js';

/** In `[DEFAULT]`. */
export const importOptions = {
  enabled_import_methods: option(quotedList(), "['glance-direct', 'web-download', 'copy-image']"),
  worker_self_reference_url: optional(httpUrl()),
} as const;

/** Ours: where a configured store keeps what is staged, any process can import it. */
export const stagingOptions = { store: optional(text()) } as const;

export const imageImportOptions = {
  image_import_plugins: option(quotedList(), '[no_plugins]'),
  max_parallel_stores: option(int(1), '1'),
} as const;

// Ours: how many times larger than packed an image may be, where it has more than a gibibyte.
export const imageDecompressionOptions = { max_ratio: option(int(1), '500') } as const;

export const imageConversionOptions = {
  output_format: option(oneOf('raw', 'qcow2', 'vmdk'), 'raw'),
  // Ours: what one conversion may take. Seconds by the clock and of a processor, and bytes.
  timeout: option(int(1), '7200'),
  cpu_limit: option(int(1), '7200'),
  memory_limit: option(storageAmount(), '2GB'),
} as const;

export const injectMetadataOptions = {
  ignore_user_roles: option(list(), 'admin'),
  inject: optional(dict()),
} as const;
