import fc from 'fast-check';
import { RESOURCES } from '../../apps/api/src/v2/routes.js';
import { documentsFor, patches, spoiltBytes } from './hostile-documents.js';
import { dataHeaders, framings, headers, whole, type Framed, type Header } from './hostile-headers.js';
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
const weight = ({ path }: Route): number => (path.startsWith('/schemas/') ? 1 : 8);
const anyOf = (routes: readonly Route[]): fc.Arbitrary<Route> => fc.oneof(...routes.map((route) => ({ weight: weight(route), arbitrary: fc.constant(route) })));

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'M-SEARCH', 'LINK', 'get', 'Get', 'FOO', 'CONNECT', 'G', '<', 'GET\t', 'X'.repeat(300)];

const withBody = (method: string): boolean => method === 'POST' || method === 'PUT' || method === 'PATCH';

interface Content {
  readonly types: readonly Header[];
  readonly body: Buffer;
}

const EMPTY = Buffer.alloc(0);
const typed = (type: string) => (body: Buffer): Content => ({ types: [['Content-Type', type]], body });

/** What goes with a route, as its media type says. */
function contentsOf({ method, path }: Route, origin: string): fc.Arbitrary<Content> {
  if (path.endsWith('/file') || path.endsWith('/stage')) {
    return fc.oneof(fc.constantFrom(Buffer.from('bytes'), Buffer.alloc(70_000), EMPTY), spoiltBytes(fc.constant('{}'))).map(typed('application/octet-stream'));
  }
  if (method === 'PATCH') {
    return fc.constantFrom('2.0' as const, '2.1' as const).chain((version) => spoiltBytes(patches(version, origin)).map(typed(`application/openstack-images-v${version}-json-patch`)));
  }
  const document = spoiltBytes(documentsFor(`${method} ${path}`, origin));
  return fc.oneof({ weight: withBody(method) && !path.includes('/actions/') ? 15 : 1, arbitrary: document }, { weight: withBody(method) ? 1 : 15, arbitrary: fc.constant(EMPTY) }).map(typed('application/json'));
}

const framed = (body: Buffer): fc.Arbitrary<Framed> => (body.length === 0 ? fc.oneof({ weight: 3, arbitrary: fc.constant({ headers: [], body } as Framed) }, framings(body)) : framings(body));

const joined = (method: string, target: string, types: readonly Header[], given: readonly Header[], { headers, ...rest }: Framed): RawRequest => {
  const overruled = new Set(given.map(([name]) => name));
  return { method, target, headers: [...types.filter(([name]) => !overruled.has(name)), ...given, ...headers], ...rest };
};

const as = (token: string, given: readonly Header[]): readonly Header[] => [...given.filter(([name]) => name !== 'X-Auth-Token'), ['X-Auth-Token', token]];

export interface Places {
  readonly server: URL;
  /** Where `http` locations may lead. */
  readonly web: string;
  readonly ids: () => Ids;
  /** Who asks, where that is told by nothing else. */
  readonly token?: string;
}

/** A request for any route, with anything wrong or nothing. */
export function requestsFor({ server, web, ids, token }: Places, only: (route: string) => boolean = () => true): fc.Arbitrary<HostileRequest> {
  const routes = ROUTES.filter(({ method, path }) => only(`${method} ${path}`));
  return anyOf(routes).chain((route) => {
    const method = fc.oneof({ weight: 15, arbitrary: fc.constant(route.method) }, { weight: 1, arbitrary: fc.constantFrom(...METHODS) });
    const content = contentsOf(route, web).chain(({ types, body }) => framed(body).map((one) => ({ types, framed: one })));
    return fc.tuple(method, targets(route.path, server.origin), headers, content)
      .map(([method, target, given, { types, framed }]) => new HostileRequest(server, joined(method, target, types, token === undefined ? given : as(token, given), framed), ids));
  });
}

/** Hostile documents in good requests: nothing but the document is wrong. */
export function documentRequests({ server, web, ids }: Places, only: (route: Route) => boolean): fc.Arbitrary<HostileRequest> {
  const routes = ROUTES.filter((route) => withBody(route.method) && !NOT_A_DOCUMENT.test(route.path) && only(route));
  const image = fc.constantFrom(PROBE, QUEUED);
  return fc.tuple(fc.constantFrom(...routes), image).chain(([route, image]) => {
    const target = `/v2${route.path}`.replace('{image_id}', image).replace('{member_id}', 'p1').replace('{namespace}', 'HOSTILE').replace('{name}', route.path.includes('objects') ? 'o' : route.path.includes('tags') ? 't' : 'p');
    return contentsOf(route, web).map(({ types, body }) => new HostileRequest(server, joined(route.method, target, types, [], whole(body)), ids));
  });
}

const NOT_A_DOCUMENT = /^\/images\/.*\/(file|stage|tags|actions)/;

/** Lists with hostile queries. */
export function listRequests({ server, ids }: Places): fc.Arbitrary<HostileRequest> {
  const list = fc.oneof({ weight: 6, arbitrary: fc.constant('/v2/images') }, { weight: 1, arbitrary: fc.constantFrom('/v2/metadefs/namespaces', '/v2/tasks', `/v2/images/${PROBE}/file`, '/v2/metadefs/namespaces/HOSTILE/objects') });
  return fc.tuple(list, queries).map(([path, query]) => new HostileRequest(server, { method: 'GET', target: path + query, headers: [], body: Buffer.alloc(0) }, ids));
}

/** Uploads, downloads and locations with hostile headers around them: nothing but those and the body's framing is wrong. */
export function dataRequests({ server, web, ids }: Places): fc.Arbitrary<HostileRequest> {
  const places = [['PUT', '/images/{image_id}/file', QUEUED], ['PUT', '/images/{image_id}/file', QUEUED], ['GET', '/images/{image_id}/file', PROBE], ['POST', '/images/{image_id}/locations', QUEUED]] as const;
  return fc.constantFrom(...places).chain(([method, path, image]) => {
    const content = contentsOf({ method, path }, web).chain(({ types, body }) => framed(method === 'GET' ? EMPTY : body).map((one) => ({ types, framed: one })));
    return fc.tuple(dataHeaders, content).map(([given, { types, framed }]) => new HostileRequest(server, joined(method, `/v2${path.replace('{image_id}', image)}`, types, given, framed), ids));
  });
}
