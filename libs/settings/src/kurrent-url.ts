import { existsSync } from 'node:fs';

const FORM = /^(?:kurrentdb|kurrent|kdb|esdb)(\+discover)?:\/\/(?:([^:@/?\s]+):([^@/?\s]+)@)?([^@/?\s]+?)\/*(?:\?(\S*))?$/i;
const HOST = /^(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?)(?::(\d{1,5}))?$/i;

type Check = (value: string) => string | undefined;

const boolean: Check = (value) => (['true', 'false'].includes(value) ? undefined : 'must be true or false');
const number: Check = (value) => (/^-?\d{1,9}$/.test(value) ? undefined : 'must be a whole number (of milliseconds)');
const file: Check = (value) => (existsSync(value) ? undefined : 'names a file that is not there');
const leader: Check = (value) => (value.toLowerCase() === 'leader' ? undefined : 'must be leader: only it knows what was answered');

/** What the client's own names are, and what may stand there. */
const OPTIONS: Readonly<Record<string, Check>> = {
  tls: boolean, tlsVerifyCert: boolean, tlsCAFile: file, userCertFile: file, userKeyFile: file, connectionName: () => undefined, defaultDeadline: number, discoveryInterval: number,
  gossipTimeout: number, keepAliveInterval: number, keepAliveTimeout: number, maxDiscoverAttempts: number, nodePreference: leader,
};

/** As the client compares names. */
const flat = (name: string): string => name.toLowerCase().replace(/[_-]/g, '');
const NAMES: ReadonlyMap<string, string> = new Map(Object.keys(OPTIONS).map((name) => [flat(name), name]));

export const isKurrentUrl = (text: string): boolean => /^(?:kurrentdb|kurrent|kdb|esdb)(?:\+discover)?:/i.test(text);

/**
 * `kurrentdb://HOST:PORT` of one server, `kurrentdb://HOST:PORT,HOST:PORT,…` of a cluster, `kurrentdb+discover://NAME:PORT` of one that DNS
 * knows; each with `USER:PASSWORD@` and the options of KurrentDB's clients (`?tls=false`, `&tlsCAFile=/path` …), as the client wants it. Throws a
 * text that says what is wrong.
 */
export function kurrentUrl(text: string): string {
  const [, discover = '', user, password, hosts = '', query = ''] = FORM.exec(text.trim()) ?? [];
  const wrongHost = hosts.split(',').find((host) => !isHost(host));
  if (hosts === '' || wrongHost !== undefined) throw new TypeError('allowed: kurrentdb://HOST:PORT, kurrentdb://HOST:PORT,HOST:PORT,HOST:PORT or kurrentdb+discover://HOST:PORT, with USER:PASSWORD@ and ?tls=false and the like');
  const options = new Map(query.split('&').filter((part) => part !== '').map(option));
  options.set('nodePreference', 'leader');
  const login = user === undefined ? '' : `${user}:${password}@`;
  return `kurrentdb${discover.toLowerCase()}://${login}${hosts}?${[...options].map((pair) => pair.join('=')).join('&')}`;
}

function isHost(text: string): boolean {
  const [match, port = '2113'] = HOST.exec(text) ?? [];
  return match !== undefined && Number(port) >= 1 && Number(port) <= 65_535;
}

function option(part: string): [name: string, value: string] {
  const [given = '', ...rest] = part.split('=');
  const name = NAMES.get(flat(given));
  if (name === undefined) throw new TypeError(`${given} is none of the options: ${Object.keys(OPTIONS).join(', ')}`);
  const value = rest.join('=');
  const wrong = value === '' ? 'has no value' : OPTIONS[name]?.(decodeURIComponent(value));
  if (wrong !== undefined) throw new TypeError(`${name} ${wrong}`);
  return [name, value];
}
