import { optional } from '../option.js';
import { text } from '../oslo-types.js';

export const pasteDeployOptions = { flavor: optional(text()) } as const;
