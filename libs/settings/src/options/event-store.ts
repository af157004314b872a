import { optional } from '../option.js';
import { text } from '../oslo-types.js';

/** `embedded:`, `memory:` or a PostgreSQL URL. */
export const eventStoreOptions = { url: optional(text()) } as const;
export const readModelOptions = { url: optional(text()) } as const;
