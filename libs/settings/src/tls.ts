import { resolve } from 'node:path';
import type { Values } from './options/index.js';
import { BadSetting } from './settings.errors.js';
import type { Settings } from './settings.js';

/** The listener speaks TLS where a certificate and its key are given; with authorities it wants one of each client. */
export function tlsOf({ DEFAULT: { cert_file: cert, key_file: key, ca_file: ca } }: Values): Settings['tls'] {
  if (!cert && !key && !ca) return undefined;
  if (!cert) throw new BadSetting('DEFAULT', 'cert_file', '', `must be set with ${key ? 'key_file' : 'ca_file'}`);
  if (!key) throw new BadSetting('DEFAULT', 'key_file', '', 'must be set with cert_file');
  return { cert_file: resolve(cert), key_file: resolve(key), ...(ca ? { ca_file: resolve(ca) } : {}) };
}
