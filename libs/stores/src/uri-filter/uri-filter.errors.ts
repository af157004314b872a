import { redactUrl } from './redact-url.js';

/** By the names of the options in `[import_filtering_opts]`; `malformed` is no option. */
const REASONS = {
  malformed: 'it is not a URL of a web server in its one plain spelling: a host name in ASCII, four decimal numbers, or IPv6 in brackets',
  allowed_schemes: 'its scheme is not one of [import_filtering_opts] allowed_schemes that can be fetched',
  disallowed_schemes: 'its scheme is one of [import_filtering_opts] disallowed_schemes',
  allowed_hosts: 'its host is not one of [import_filtering_opts] allowed_hosts',
  disallowed_hosts: 'its host is one of [import_filtering_opts] disallowed_hosts',
  allowed_ports: 'its port is not one of [import_filtering_opts] allowed_ports',
  disallowed_ports: 'its port is one of [import_filtering_opts] disallowed_ports',
  // One text for both, or names of the inner network could be guessed.
  allow_private_addresses: 'its host is not known, or has an address that is not public; the operator can name it in [import_filtering_opts] allowed_hosts',
} as const;

export type UriRule = keyof typeof REASONS;

const MAX_SHOWN = 1000;

function shown(uri: string): string {
  const text = redactUrl(uri).replaceAll(/\p{C}/gu, '�');
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

/** A URI from outside may not be fetched. Tempest looks for "URI for web-download does not pass filtering: <uri>". */
export class UriRefused extends Error {
  readonly code = 'UriRefused';
  constructor(uri: string, readonly rule: UriRule, purpose?: string) {
    super(`URI ${purpose === undefined ? '' : `for ${purpose} `}does not pass filtering: ${shown(uri)} (${REASONS[rule]})`);
  }
}
