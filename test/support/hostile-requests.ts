import fc from 'fast-check';
import { RESOURCES } from '../../apps/api/src/v2/routes.js';
import { NOT_YET_SERVED } from './hostile-answers.js';
import { documentsFor, spoiltBytes } from './hostile-documents.js';
import { framings, headers, whole, type Framed, type Header } from './hostile-headers.js';
import { PROBE, queries, QUEUED, targets } from './hostile-targets.js';
import { curl, type RawRequest } from './raw-http.js';

export interface Ids {
  readonly probe: string;
  readonly queued: string;
}

/** A request for images whose ids are known only when it is sent. Printed, it is a command for a shell. */
export class HostileRequest {
  constructor(private readonly origin: URL, private readonly request: RawRequest, private readonly ids: () => Ids) {}

  get now(): RawRequest {
    const { probe, queued } = this.ids();
    const named = (text: string) => text.replaceAll(PROBE, probe).replaceAll(PROBE.toUpperCase(), probe.toUpperCase()).replaceAll(QUEUED, queued);
    return { ...this.request, target: named(this.request.target) };
  }

  [fc.toStringMethod](): string {
    return curl(this.origin, this.now);
  }
}

interface Route {
  readonly method: string;
  readonly path: string;
}

export const ROUTES: readonly Route[] = RESOURCES.flatMap(({ path, methods }) => methods.map((method) => ({ method, path })));
/** Less is sent to those that all behave as one. */
const weight = ({ method, path }: Route): number => (path.startsWith('/schemas/') || NOT_YET_SERVED.includes(`${method} ${path}`) ? 1 : 8);
const anyOf = (routes: readonly Route[]): fc.Arbitrary<Route> => fc.oneof(...routes.map((route) => ({ weight: weight(route), arbitrary: fc.constant(route) })));

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'M-SEARCH', 'LINK', 'get', 'Get', 'FOO', 'G', '<', 'GET\t', 'X'.repeat(300)];
const PATCH_TYPES = ['application/openstack-images-v2.1-json-patch', 'application/openstack-images-v2.0-json-patch'];

const withBody = (method: string): boolean => method === 'POST' || method === 'PUT' || method === 'PATCH';

function typesOf({ method, path }: Route): fc.Arbitrary<readonly Header[]> {
  const right = method === 'PATCH' ? PATCH_TYPES : [path.endsWith('/file') || path.endsWith('/stage') ? 'application/octet-stream' : 'application/json'];
  return fc.constantFrom(...right).map((type) => [['Content-Type', type]]);
}

function bodiesOf({ method, path }: Route, origin: string): fc.Arbitrary<Buffer> {
  const empty = fc.constant(Buffer.alloc(0));
  if (path.endsWith('/file') || path.endsWith('/stage')) return fc.oneof(fc.constant(Buffer.from('bytes')), fc.constant(Buffer.alloc(70_000)), spoiltBytes(fc.constant('{}')), empty);
  const document = spoiltBytes(documentsFor(`${method} ${path}`, origin));
  return withBody(method) ? fc.oneof({ weight: 9, arbitrary: document }, empty) : fc.oneof({ weight: 9, arbitrary: empty }, document);
}

const framed = (body: Buffer): fc.Arbitrary<Framed> => (body.length === 0 ? fc.oneof({ weight: 3, arbitrary: fc.constant({ headers: [], body } as Framed) }, framings(body)) : framings(body));

const joined = (method: string, target: string, types: readonly Header[], given: readonly Header[], { headers, ...rest }: Framed): RawRequest => {
  const overruled = new Set(given.map(([name]) => name));
  return { method, target, headers: [...types.filter(([name]) => !overruled.has(name)), ...given, ...headers], ...rest };
};

export interface Places {
  readonly server: URL;
  /** Where `http` locations may lead. */
  readonly web: string;
  readonly ids: () => Ids;
}

/** A request for any route, with anything wrong or nothing. */
export function requestsFor({ server, web, ids }: Places, only: (route: string) => boolean = () => true): fc.Arbitrary<HostileRequest> {
  const routes = ROUTES.filter(({ method, path }) => only(`${method} ${path}`));
  return anyOf(routes).chain((route) => {
    const method = fc.oneof({ weight: 9, arbitrary: fc.constant(route.method) }, { weight: 1, arbitrary: fc.constantFrom(...METHODS) });
    return fc.tuple(method, targets(route.path, server.origin), typesOf(route), headers, bodiesOf(route, web).chain(framed))
      .map((parts) => new HostileRequest(server, joined(...parts), ids));
  });
}

/** Hostile documents in good requests: nothing but the document is wrong. */
export function documentRequests({ server, web, ids }: Places): fc.Arbitrary<HostileRequest> {
  const routes = ROUTES.filter(({ method, path }) => withBody(method) && !/\/(file|stage|tags|actions|cache|queued_images)/.test(path.replace('/metadefs', '')) || path.includes('/metadefs'));
  const target = (path: string) => path.replace('{image_id}', path.endsWith('/locations') || path.endsWith('/import') ? QUEUED : PROBE)
    .replace('{member_id}', 'p1').replace('{namespace}', 'HOSTILE').replace('{name}', 'p');
  return anyOf(routes.filter(({ method }) => withBody(method))).chain((route) =>
    fc.tuple(typesOf(route), bodiesOf(route, web)).map(([types, body]) => new HostileRequest(server, joined(route.method, `/v2${target(route.path)}`, types, [], whole(body)), ids)));
}

/** Lists with hostile queries. */
export function listRequests({ server, ids }: Places): fc.Arbitrary<HostileRequest> {
  const list = fc.oneof({ weight: 6, arbitrary: fc.constant('/v2/images') }, { weight: 1, arbitrary: fc.constantFrom('/v2/metadefs/namespaces', '/v2/tasks', `/v2/images/${PROBE}/file`, '/v2/metadefs/namespaces/HOSTILE/objects') });
  return fc.tuple(list, queries).map(([path, query]) => new HostileRequest(server, { method: 'GET', target: path + query, headers: [], body: Buffer.alloc(0) }, ids));
}
