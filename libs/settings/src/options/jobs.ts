import { option, optional } from '../option.js';
import { bool, text } from '../oslo-types.js';

export const jobsOptions = {
  /** A Redis or a PostgreSQL URL. */
  url: optional(text()),
  /** A page for admins. */
  board: option(bool(), 'False'),
} as const;
