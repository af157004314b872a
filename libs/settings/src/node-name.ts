import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { resolve } from 'node:path';

/** Names those who share a folder of this host, and nobody else: `<host name>-<8 hex digits of its path's SHA-256>`. */
export function nodeName(folder: string): string {
  const host = hostname().replace(/[^A-Za-z0-9.-]/g, '-').slice(0, 60);
  return `${host}-${createHash('sha256').update(resolve(folder)).digest('hex').slice(0, 8)}`;
}
