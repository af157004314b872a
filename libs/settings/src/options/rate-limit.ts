import { option, optional } from '../option.js';
import { int, text } from '../oslo-types.js';

/** Ours. */
export const rateLimitOptions = {
  /** In one interval; 0: no limit. */
  requests_per_address: option(int(0), '0'),
  requests_per_project: option(int(0), '0'),
  /** Seconds. */
  interval: option(int(1, 86_400), '1'),
  /** A Redis that counts for all processes; by default that of the jobs, where they are in one. */
  url: optional(text()),
} as const;
