import { option, optional } from '../option.js';
import { httpUrl, int, quotedList, text } from '../oslo-types.js';

/** In `[DEFAULT]`. */
export const importOptions = {
  enabled_import_methods: option(quotedList(), "['glance-direct', 'web-download', 'copy-image']"),
  worker_self_reference_url: optional(httpUrl()),
} as const;

/** Ours: where a configured store keeps what is staged, any process can import it. */
export const stagingOptions = { store: optional(text()) } as const;

export const imageImportOptions = { max_parallel_stores: option(int(1), '1') } as const;
