import { option } from '../option.js';
import { text } from '../oslo-types.js';

export const siteOptions = { name: option(text(), 'local') } as const;
