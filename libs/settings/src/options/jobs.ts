import { optional } from '../option.js';
import { text } from '../oslo-types.js';

/** A Redis or a PostgreSQL URL. */
export const jobsOptions = { url: optional(text()) } as const;
