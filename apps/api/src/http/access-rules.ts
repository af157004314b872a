import type { KeystoneToken } from '#access';

export interface Asked {
  readonly method: string;
  /** As the client wrote it, without the query. */
  readonly path: string;
}

/** Whether a token may be used for a request: one of an application credential may be bound to paths of services. A service that acts for the user is not. */
export function mayBeUsedFor({ accessRules, catalog }: KeystoneToken, { method, path }: Asked, serviceType: string, byService: boolean): boolean {
  if (!accessRules) return true;
  if (!catalog.some(({ type }) => type === serviceType)) return false;
  return byService || accessRules.some((rule) => rule.service === serviceType && rule.method === method && pathPattern(rule.path).test(path));
}

/** `*` and `{name}` are one segment of a path, `**` is any number of them. */
function pathPattern(path: string): RegExp {
  const source = path.replace(/\{[^}]*\}|\*\*|\*|[^{}*]/g, (part) => {
    if (part === '**') return '.*';
    return part === '*' || part.startsWith('{') ? '[^/]+' : part.replace(/[\\^$.|?+()[\]]/, '\\$&');
  });
  return new RegExp(`^${source}$`);
}
