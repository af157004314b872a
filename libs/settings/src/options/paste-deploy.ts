import { option, optional } from '../option.js';
import { bool, text } from '../oslo-types.js';

export const pasteDeployOptions = {
  flavor: optional(text()),
  config_file: optional(text()),
  /** Ours: lets a test authentication listen on an address that others can reach. */
  allow_insecure_bind: option(bool(), 'False'),
} as const;
