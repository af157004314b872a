import { option } from '../option.js';
import { bool } from '../oslo-types.js';

/** Ours: the peer's operators load them by hand. */
export const metadefsOptions = { load_defaults: option(bool(), 'True') } as const;
