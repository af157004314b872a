import { option } from '../option.js';
import { bool, portList, quotedList } from '../oslo-types.js';

export const importFilteringOptions = {
  allowed_schemes: option(quotedList(), 'http,https'),
  disallowed_schemes: option(quotedList(), ''),
  allowed_hosts: option(quotedList(), ''),
  disallowed_hosts: option(quotedList(), ''),
  allowed_ports: option(portList(), '80,443'),
  disallowed_ports: option(portList(), ''),
  // Ours: Glance itself lets private addresses pass, and refuses loopback and link-local ones.
  allow_private_addresses: option(bool(), 'False'),
} as const;
