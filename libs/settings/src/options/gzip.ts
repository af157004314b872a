import { option } from '../option.js';
import { bool, int } from '../oslo-types.js';

/** Ours: the peer has it, for every size, where its paste file has the filter. */
export const gzipOptions = {
  enabled: option(bool(), 'True'),
  /** Bytes of JSON from which on it is worth while. */
  min_size: option(int(0), '0'),
} as const;
