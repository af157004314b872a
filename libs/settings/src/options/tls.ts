import { optional } from '../option.js';
import { text } from '../oslo-types.js';

export const tlsOptions = { cert_file: optional(text()), key_file: optional(text()), ca_file: optional(text()) } as const;
