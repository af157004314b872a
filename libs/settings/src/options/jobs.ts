import { option, optional } from '../option.js';
import { bool, int, text } from '../oslo-types.js';

export const jobsOptions = {
  /** A Redis or a PostgreSQL URL. */
  url: optional(text()),
  /** Seconds after which the job of a process that is silent is another's. */
  lock_time: option(int(2), '30'),
  /** A page for admins. */
  board: option(bool(), 'False'),
} as const;
