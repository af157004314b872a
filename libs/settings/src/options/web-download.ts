import { option, optional } from '../option.js';
import { int, quotedList, text } from '../oslo-types.js';

const WEEK = 7 * 24 * 3600;

/** Ours: Glance waits for ever, and believes whom the system believes. Seconds. */
export const webDownloadOptions = {
  answer_timeout: option(int(1, 3600), '30'),
  stall_timeout: option(int(1, 3600), '60'),
  total_timeout: option(int(1, WEEK), '86400'),
  ca_certificates_file: optional(text()),
} as const;

export const glanceDownloadOptions = {
  extra_properties: option(quotedList(), 'hw_,trait:,os_distro,os_secure_boot,os_type'),
} as const;
