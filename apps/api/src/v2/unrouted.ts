import { MethodNotAllowed, NotImplemented, RouteNotFound, UnknownMethod } from '../http/api.errors.js';
import { methodsOf } from './routes.js';

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH']);

/** Are there only where the flavor asks for them. */
const OLD_CACHE_PATHS = /^\/v2\/(?:cached|queued)_images(?:\/|$)/;

/** Why no controller answers a request. */
export function whyUnrouted(method: string, url: string): MethodNotAllowed | NotImplemented | RouteNotFound | UnknownMethod {
  const path = url.split('?', 1)[0] ?? url;
  const methods = methodsOf(path);
  if (!methods) return METHODS.has(method) ? new RouteNotFound() : new UnknownMethod(method);
  if (!methods.includes(method)) return new MethodNotAllowed(method, methods);
  if (OLD_CACHE_PATHS.test(path)) return new RouteNotFound();
  return new NotImplemented(`${method} ${path} is a part of the Images API that this server does not have yet.`);
}
