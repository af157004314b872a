import { formerly, option } from '../option.js';
import { bool, int } from '../oslo-types.js';

export const taskOptions = { task_time_to_live: option(int(0), '48', formerly('DEFAULT.task_time_to_live')) } as const;

/** How added locations are treated; in `[DEFAULT]`. */
export const locationImportOptions = {
  do_secure_hash: option(bool(), 'True'),
  http_retries: option(int(0), '3'),
} as const;
