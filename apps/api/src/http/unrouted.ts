import { MethodNotAllowed, RouteNotFound, UnknownMethod } from './api.errors.js';
import { methodsOfV1 } from '../v1/routes.js';
import { methodsOfV2 } from '../v2/routes.js';

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH']);

/** Why no controller answers a request. */
export function whyUnrouted(method: string, url: string): MethodNotAllowed | RouteNotFound | UnknownMethod {
  const path = url.split('?', 1)[0] ?? url;
  const methods = methodsOfV2(path) ?? methodsOfV1(path);
  if (!methods) return METHODS.has(method) ? new RouteNotFound() : new UnknownMethod(method);
  if (!methods.includes(method)) return new MethodNotAllowed(method, methods);
  // One that the settings leave out.
  return new RouteNotFound();
}
