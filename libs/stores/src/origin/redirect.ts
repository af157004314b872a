const REDIRECTS: ReadonlySet<number | undefined> = new Set([301, 302, 303, 307, 308]);

export const isRedirect = (status: number | undefined): boolean => REDIRECTS.has(status);

// What URL parsers drop or take for a slash: the host that is checked must be the host that the text names.
const AMBIGUOUS = /[\\\p{Cc}]/u;

/**
 * Where a redirect leads, as the text to be checked; undefined where it says nothing usable. Credentials stay only with
 * the server (scheme, host and port) that they were given for.
 */
export function redirectTarget(from: URL, location: string | undefined): string | undefined {
  if (location === undefined || location === '' || AMBIGUOUS.test(location)) return undefined;
  const target = URL.parse(location, from.href);
  if (!target) return undefined;
  const text = location.replaceAll(' ', '%20');
  if (/^[a-z][a-z0-9+.-]*:/i.test(text)) return withCredentials(text, target, from);
  return text.startsWith('//') ? withCredentials(from.protocol + text, target, from) : target.href;
}

function withCredentials(text: string, target: URL, from: URL): string {
  const keeps = target.origin === from.origin && target.username === '' && target.password === '';
  return keeps ? text.replace('//', () => `//${userinfo(from)}`) : text;
}

const userinfo = ({ username, password }: URL): string => (username === '' && password === '' ? '' : `${username}:${password}@`);
