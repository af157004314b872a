import { option } from '../option.js';
import { bool, int } from '../oslo-types.js';

/** Of [DEFAULT]. */
export const deletionOptions = {
  delayed_delete: option(bool(), 'False'),
  /** Seconds. */
  scrub_time: option(int(0), '0'),
  /** Images at a time. */
  scrub_pool_size: option(int(1), '1'),
  /** Seconds between two runs. */
  wakeup_time: option(int(0), '300'),
  /** Of the program `glance-scrubber`. */
  daemon: option(bool(), 'False'),
} as const;

/** Ours: whether the server scrubs by itself. */
export const scrubberOptions = { in_server: option(bool(), 'True') } as const;
