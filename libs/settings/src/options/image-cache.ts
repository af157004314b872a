import { option, optional } from '../option.js';
import { byteCount, int, oneOf, text } from '../oslo-types.js';

/** In `[DEFAULT]`. */
export const imageCacheOptions = {
  image_cache_dir: optional(text()),
  // Where Glance keeps what it knows of the files; ours is kept with the files, and with the first also told to all nodes.
  image_cache_driver: option(oneOf('centralized_db', 'sqlite', 'xattr'), 'centralized_db'),
  image_cache_max_size: option(byteCount(0), '10737418240'),
  image_cache_stall_time: option(int(0), '86400'),
  image_cache_invalid_entry_grace_period: option(int(0), '3600'),
  /** Seconds */
  cache_prefetcher_interval: option(int(1), '300'),
} as const;
