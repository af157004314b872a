const AUTHORITY = /^([a-z][a-z0-9+.-]*:[\\/]*)[^\\/?#]*@/i;

/** The URL with `***` in place of a user and password, to be shown. Of what is no URL all before its last `@` goes. */
export function redactUrl(url: string): string {
  if (URL.canParse(url)) return url.replace(AUTHORITY, '$1***@');
  return url.replace(/^([a-z][a-z0-9+.-]*:[\\/]*)?.*@/is, '$1***@');
}

/** True where the URL names a user or a password. */
export function hasCredentials(url: string): boolean {
  const parsed = URL.parse(url);
  return parsed !== null && (parsed.username !== '' || parsed.password !== '');
}
