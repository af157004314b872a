import { option } from '../option.js';
import { bool, text } from '../oslo-types.js';

/** Ours: the peer's operators load them by hand. */
export const metadefsOptions = { load_defaults: option(bool(), 'True') } as const;

/** Of [DEFAULT]: where `db load_metadefs` looks. */
export const metadefFileOptions = { metadata_source_path: option(text(), '/etc/glance/metadefs/') } as const;
