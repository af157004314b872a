interface Address {
  readonly host: string;
  readonly port: number;
}

interface Login {
  readonly username?: string;
  readonly password?: string;
}

/** Where a Redis is: one server, one that Sentinels know, or a Cluster. */
export type RedisPlace = Login & { readonly addresses: readonly Address[]; readonly tls: boolean } & (
  | { readonly kind: 'single'; readonly db: number }
  | { readonly kind: 'sentinel'; readonly db: number; readonly master: string; readonly sentinel: Login }
  | { readonly kind: 'cluster' }
);

const FORM = /^redis(s?)(?:\+(sentinel|cluster))?:\/\/(?:([^/?]*)@)?([^/?@]+)(?:\/([^?]*))?(?:\?(.*))?$/i;
const PORTS = { single: 6379, sentinel: 26379, cluster: 6379 } as const;

/**
 * Reads `redis://`, `redis+sentinel://HOST:PORT,HOST:PORT/MASTER/DB` and `redis+cluster://HOST:PORT,HOST:PORT`, each with `rediss` for
 * TLS; undefined where the text is none of them.
 */
export function redisPlace(url: string): RedisPlace | undefined {
  const [, s = '', form = 'single', user, hosts = '', path = '', query = ''] = FORM.exec(url) ?? [];
  const kind = form.toLowerCase() as RedisPlace['kind'];
  const addresses = hosts.split(',').map((each) => address(each, PORTS[kind]));
  const parts = path.split('/').filter((part) => part !== '');
  if (!isWhole(addresses)) return undefined;
  const common = { addresses, tls: s !== '', ...login(user) };
  if (kind === 'cluster') return parts.length === 0 ? { ...common, kind } : undefined;
  const master = kind === 'sentinel' ? parts.shift() : '';
  const db = databaseNumber(parts);
  if (master === undefined || db === undefined) return undefined;
  if (kind === 'single') return addresses.length === 1 ? { ...common, kind, db } : undefined;
  const asked = new URLSearchParams(query);
  const sentinel = present({ username: asked.get('sentinel_username') ?? undefined, password: asked.get('sentinel_password') ?? undefined });
  return { ...common, kind, db, master, sentinel };
}

const isWhole = (addresses: readonly (Address | undefined)[]): addresses is readonly Address[] => !addresses.includes(undefined);

function address(text: string, port: number): Address | undefined {
  const [, host, given] = /^(\[[0-9a-fA-F:.]+\]|[^:\s[\]]+)(?::(\d{1,5}))?$/.exec(text.trim()) ?? [];
  const number = Number(given ?? port);
  return host === undefined || number < 1 || number > 65535 ? undefined : { host: host.replace(/^\[|\]$/g, ''), port: number };
}

function databaseNumber([text = '0', ...more]: readonly string[]): number | undefined {
  return more.length === 0 && /^\d{1,5}$/.test(text) ? Number(text) : undefined;
}

function login(text: string | undefined): Login {
  if (text === undefined) return {};
  const colon = text.indexOf(':');
  const [username, password] = colon < 0 ? [text, undefined] : [text.slice(0, colon), text.slice(colon + 1)];
  return present({ username: decoded(username), password: decoded(password) });
}

const present = ({ username, password }: Login): Login => ({ ...(username ? { username } : {}), ...(password ? { password } : {}) });

function decoded(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch {
    return text;
  }
}
