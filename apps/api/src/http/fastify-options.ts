import type { FastifyHttpOptions, RawServerDefault } from 'fastify';
import type { ServerOptions } from 'node:http';
import type { Socket } from 'node:net';
import { answerError } from './answer-error.js';
import type { Edge } from './edge/edge.js';
import type { HttpOptions } from './http.options.js';
import { answerMalformedRequest } from './malformed-request.js';
import { MAX_HEADER_LINE } from './line-limits.js';
import { MAX_REQUEST_ID_LENGTH, REQUEST_ID_HEADER, requestId } from './request-id.js';
import { routeUrl } from './request-url.js';
import { secureContextOptions } from './tls/tls-files.js';
import { versionNames } from './versions.js';

/** Node limits all headers of a request together. */
const LINES = 4;
/** How long Fastify lets a connection idle by itself; somewhat more than what proxies do. */
const IDLE_MS = 72_000;

const UNVERSIONED = ['/openapi', '/openapi.json', '/openapi/swagger-ui.css', '/openapi/swagger-ui-bundle.js'];

export type Router = (url: string, accept?: string) => string;

export function router(options: HttpOptions): Router {
  const rules = { versions: versionNames(options), unversioned: new Set([...UNVERSIONED, ...(options.unversioned ?? [])]), under: options.adminPages?.path };
  return (url, accept) => routeUrl(url, accept, rules);
}

/** Of the server and of its router. */
export function fastifyOptions(options: HttpOptions, routeOf: Router, edge: Edge): FastifyHttpOptions<RawServerDefault> & { skipMiddie: true } {
  const maxRequestId = options.maxRequestIdLength ?? MAX_REQUEST_ID_LENGTH;
  const maxHeaderSize = Math.max(options.maxHeaderLine ?? MAX_HEADER_LINE, MAX_HEADER_LINE) * LINES;
  return {
    logger: false,
    ...transport({ maxHeaderSize, requireHostHeader: false, ...sockets(options) }, options),
    keepAliveTimeout: Math.min(IDLE_MS, (options.clientSocketTimeout || Number.POSITIVE_INFINITY) * 1000),
    maxRequestsPerSocket: options.keepAlive === false ? 1 : 0,
    connectionTimeout: (options.clientSocketTimeout ?? 0) * 1000,
    bodyLimit: Number.MAX_SAFE_INTEGER,
    exposeHeadRoutes: false,
    requestIdHeader: false,
    genReqId: (request) => requestId(request, maxRequestId),
    rewriteUrl: ({ url = '/', headers }) => routeOf(url, headers.accept),
    frameworkErrors: (error, request, reply) => {
      void reply.header(REQUEST_ID_HEADER, request.id);
      edge.share(request, reply);
      answerError(error, request, reply);
    },
    clientErrorHandler: (error, socket) => answerMalformedRequest(error, socket as Socket, routeOf),
    routerOptions: { caseSensitive: true, ignoreTrailingSlash: false, ignoreDuplicateSlashes: false, maxParamLength: maxHeaderSize },
    skipMiddie: true,
  };
}

/** Milliseconds in which a client has to come to terms on TLS, if not `client_socket_timeout` is less. */
const HANDSHAKE_MS = 30_000;

type HttpLimits = Pick<ServerOptions, 'maxHeaderSize' | 'requireHostHeader' | 'noDelay' | 'keepAlive' | 'keepAliveInitialDelay'>;

const sockets = ({ tcpKeepIdle }: HttpOptions): HttpLimits => ({ noDelay: true, ...(tcpKeepIdle === undefined ? {} : { keepAlive: true, keepAliveInitialDelay: tcpKeepIdle * 1000 }) });

/** Typed as a plain server's, which one with TLS is for all that is done with it. */
function transport(limits: HttpLimits, { tls, clientSocketTimeout }: HttpOptions): { readonly http: HttpLimits } {
  if (!tls) return { http: limits };
  const clients = tls.ca_file === undefined ? {} : { requestCert: true, rejectUnauthorized: true };
  const handshakeTimeout = Math.min(HANDSHAKE_MS, (clientSocketTimeout || Number.POSITIVE_INFINITY) * 1000);
  return { https: { ...limits, ...secureContextOptions(tls), ...clients, ALPNProtocols: ['http/1.1'], handshakeTimeout } } as unknown as { readonly http: HttpLimits };
}
