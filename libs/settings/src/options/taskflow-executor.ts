import { option } from '../option.js';
import { int, oneOf } from '../oslo-types.js';

export const taskflowExecutorOptions = {
  engine_mode: option(oneOf('serial', 'parallel'), 'parallel'),
  max_workers: option(int(1), '10'),
} as const;
