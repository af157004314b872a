import { option } from '../option.js';
import { bool } from '../oslo-types.js';
import { networks, path } from './edge-types.js';

export const metricsOptions = {
  enabled: option(bool(), 'True'),
  path: option(path(), '/metrics'),
  /** Who may read them. */
  allowed_addresses: option(networks(), '127.0.0.0/8,::1'),
} as const;
