import { isIP } from 'node:net';
import type { IncomingHttpHeaders } from 'node:http';

/** What proxies say of the client's own request. What is not of the form it must have is left out. */
export interface Forwarded {
  readonly scheme?: 'http' | 'https';
  readonly host?: string;
  /** `/images`: the path under which a proxy has this API. */
  readonly prefix?: string;
}

const HOST = /^(?:[a-z0-9_](?:[\w.-]{0,252}[\w.])?|\[[\da-f:.]{2,45}\])(?::\d{1,5})?$/i;
const PREFIX = /^(?:\/(?!\.{1,2}(?:\/|$))[\w.~-]{1,255}){1,16}$/;

/** The first proxy's words, the one that the client reached. A `Forwarded` header stands for all of `X-Forwarded-*` but the prefix, as in oslo.middleware. */
export function forwarded(headers: IncomingHttpHeaders): Forwarded {
  const first = headers.forwarded === undefined ? undefined : (elements(headers.forwarded)?.[0] ?? new Map<string, string>());
  const said = (parameter: string, header: string) => (first ? first.get(parameter) : firstOf(headers[header]));
  const scheme = schemeOf(said('proto', 'x-forwarded-proto'));
  const host = said('host', 'x-forwarded-host');
  const prefix = firstOf(headers['x-forwarded-prefix'])?.replace(/\/$/, '');
  return {
    ...(scheme === undefined ? {} : { scheme }),
    ...(host !== undefined && HOST.test(host) ? { host } : {}),
    ...(prefix !== undefined && PREFIX.test(prefix) ? { prefix } : {}),
  };
}

export function schemeOf(text: string | undefined): 'http' | 'https' | undefined {
  const scheme = text?.toLowerCase();
  return scheme === 'http' || scheme === 'https' ? scheme : undefined;
}

export const firstOf = (header: string | readonly string[] | undefined): string | undefined => header?.toString().split(',', 1)[0]?.trim();

/** Whom the proxies had their requests from, the client's end first; undefined where one does not tell. */
export function addressesIn(headers: IncomingHttpHeaders): (readonly (string | undefined)[])[] {
  const { forwarded: standard } = headers;
  const usual = headers['x-forwarded-for'];
  return [
    ...(standard === undefined ? [] : [elements(standard)?.map((element) => addressOf(element.get('for'))) ?? []]),
    ...(usual === undefined ? [] : [usual.toString().split(',').map((part) => addressOf(part.trim()))]),
  ];
}

/** `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]:4711`. */
function addressOf(node: string | undefined): string | undefined {
  const [, bracketed, plain] = /^(?:\[([\da-f:.]+)\](?::\d+)?|([\d.]+):\d+)$/i.exec(node ?? '') ?? [];
  const address = bracketed ?? plain ?? node ?? '';
  return isIP(address) === 0 ? undefined : address;
}

const PAIR = /[ \t]*([!#$%&'*+.^_`|~\w-]+)=(?:"((?:[^"\\]|\\.)*)"|([!#$%&'*+.^_`|~\w:[\]-]*))[ \t]*([;,]|$)/y;

/** RFC 7239 §4; undefined where it is not of that form. Hosts and addresses may stand without the quotes that they need there. */
function elements(header: string): ReadonlyMap<string, string>[] | undefined {
  const found: Map<string, string>[] = [new Map()];
  PAIR.lastIndex = 0;
  while (PAIR.lastIndex < header.length) {
    const [, name, quoted, plain = '', end] = PAIR.exec(header) ?? [];
    if (name === undefined) return undefined;
    found.at(-1)?.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? plain);
    if (end === ',') found.push(new Map());
  }
  return found;
}
