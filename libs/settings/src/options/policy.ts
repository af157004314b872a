import { option } from '../option.js';
import { bool } from '../oslo-types.js';

export const policyOptions = { enforce_new_defaults: option(bool(), 'True') } as const;
