const VENDOR_TYPE = 'application/vnd.openstack.images-';

/** As nearly every request is: already as the router wants it. */
const PLAIN = /^\/(v[12])(?:\/[\w-]+)+(?:\?|$)/;

/** Never a route: answers "not found". */
const NOWHERE = '/v2/';

export interface UrlRules {
  /** Versions that have routes: `v2`, `v2.0` … */
  readonly versions: ReadonlySet<string>;
  /** Paths outside the versions that have routes. */
  readonly unversioned: ReadonlySet<string>;
  /** A path outside the versions below which everything has routes. */
  readonly under?: string;
}

/**
 * The URL by which the router knows what a client asks for: every minor is `/v2/…` or `/v1/…`, and what names no version we have is
 * `/`, the choice of versions. As in WSGI, an encoded slash is a slash.
 */
export function routeUrl(url: string, accept: string | undefined, rules: UrlRules): string {
  const versionInAccept = accept?.startsWith(VENDOR_TYPE) === true;
  if (!versionInAccept && rules.versions.has(PLAIN.exec(url)?.[1] ?? '')) return url;
  const at = url.indexOf('?');
  const query = at < 0 ? '' : url.slice(at);
  const path = (at < 0 ? url : url.slice(0, at)).replace(/^https?:\/\/[^/]*/i, '').replace(/%2f/gi, '/').replace(/^\/+/, '/');
  const [, first = '', rest = ''] = /^\/?([^/]*)(.*)$/s.exec(path) ?? [];
  if (first === 'versions') return '/versions';
  if (rules.unversioned.has(path) || isUnder(rules.under, path)) return path + query;
  if (versionInAccept) {
    const asked = accept.slice(VENDOR_TYPE.length);
    return rules.versions.has(asked) ? within(asked, path) + query : '/';
  }
  return rules.versions.has(first) ? within(first, rest) + query : '/';
}

const isUnder = (base: string | undefined, path: string): boolean => base !== undefined && (path === base || path.startsWith(`${base}/`));

function within(version: string, rest: string): string {
  const base = version.startsWith('v1') ? '/v1' : '/v2';
  if (rest === '') return base;
  const path = rest.replace(/^\/+/, '/');
  if (path === '/' && base === '/v1') return '/v1/images';
  return path.endsWith('/') || path.includes('//') ? NOWHERE : `${base}${path}`;
}
