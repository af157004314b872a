import type { Values } from './options/index.js';

/** How imports fetch what lies elsewhere. */
export interface Downloads {
  /** Up to the headers of an answer. */
  readonly answerTimeoutMs: number;
  /** Between two pieces of the data. */
  readonly idleTimeoutMs: number;
  readonly totalTimeoutMs: number;
  /** PEM certificates that servers are verified with, instead of those that come with Node.js. */
  readonly caFile?: string;
  /** How the properties begin that a glance-download takes along. */
  readonly copiedProperties: readonly string[];
}

export const downloadsOf = ({ web_download: web, glance_download_properties: glance }: Values): Downloads => ({
  answerTimeoutMs: web.answer_timeout * 1000,
  idleTimeoutMs: web.stall_timeout * 1000,
  totalTimeoutMs: web.total_timeout * 1000,
  ...(web.ca_certificates_file === undefined ? {} : { caFile: web.ca_certificates_file }),
  copiedProperties: glance.extra_properties,
});
