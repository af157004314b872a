import { isIP } from 'node:net';

export interface WebUri {
  readonly url: URL;
  /** Lower case, without brackets and without the dot at its end. */
  readonly host: string;
  /** Only where the text names one, even the scheme's own. */
  readonly port?: number;
}

const MAX_LENGTH = 8000;
const SCHEME = /^([a-z][a-z0-9+.-]*):/i;
const PARTS = /^https?:\/\/(?:[^/?#@]*@)?(\[[0-9a-f:.]+\]|[^/?#@:[\]]+)(?::(\d*))?(?:[/?#]|$)/i;
const NAME = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*$/;
// Parsers disagree on these: some drop them, some end the host there.
const AMBIGUOUS = /[\s\\\p{C}]/u;

export const schemeOf = (uri: string): string | undefined => SCHEME.exec(uri)?.[1]?.toLowerCase();

/** As options and URLs spell one host: `[::1]`, `0:0:0:0:0:0:0:1` and `::1` are the same. */
export function hostOf(text: string): string {
  const bare = text.trim().toLowerCase().replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
  return isIP(bare) === 6 ? (URL.parse(`http://[${bare}]`)?.hostname.slice(1, -1) ?? bare) : bare;
}

/**
 * Reads an http or https URL whose host has only one reading: nothing that one parser takes for a name and another for
 * an address (`2130706433`, `0x7f.1`, `127.1`, `１２７.0.0.1`, `%31…`), and none that parsers cut differently.
 */
export function readWebUri(uri: string): WebUri | undefined {
  if (uri.length > MAX_LENGTH || AMBIGUOUS.test(uri)) return undefined;
  const [, written = '', port = ''] = PARTS.exec(uri) ?? [];
  const url = URL.parse(uri);
  if (!url || written === '') return undefined;
  const host = hostOf(written);
  const literal = written.startsWith('[');
  if (literal ? url.hostname !== `[${host}]` : url.hostname !== written.toLowerCase() || !(isIP(host) === 4 || NAME.test(host))) return undefined;
  if (!literal) url.hostname = host;
  return { url, host, ...(port === '' ? {} : { port: Number(port) }) };
}
