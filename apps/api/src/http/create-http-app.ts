import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest, RawServerDefault } from 'fastify';
import type { Socket } from 'node:net';
import type { Server as TlsServer } from 'node:tls';
import type { Principal } from '#access';
import { whyUnrouted } from './unrouted.js';
import { mountForAdmins } from './admin-pages.js';
import { MalformedBody, RequestIdTooLong, Unauthenticated } from './api.errors.js';
import { baseUrl } from './base-url.js';
import { hasBody } from './body.js';
import { Edge } from './edge/edge.js';
import type { RequestHook } from './edge/hooks.js';
import { fastifyOptions, router, type Router } from './fastify-options.js';
import { ErrorFilter } from './error.filter.js';
import type { HttpOptions } from './http.options.js';
import { MAX_HEADER_LINE, refuseLongLine } from './line-limits.js';
import { refuseTunnel, rememberAnswer } from './malformed-request.js';
import { PRINCIPAL_SOURCE, type PrincipalSource } from './principal.js';
import { stripIdentity } from './identity-headers.js';
import { inCourse } from './request-in-course.js';
import { hasTooLongRequestId, MAX_REQUEST_ID_LENGTH, REQUEST_ID_HEADER } from './request-id.js';
import { followFiles } from './tls/follow-files.js';

/** The application with everything of HTTP around its controllers; the caller listens. */
export async function createHttpApp(rootModule: Parameters<typeof NestFactory.create>[0], options: HttpOptions): Promise<NestFastifyApplication> {
  const routeOf = router(options);
  const edge = await Edge.open(options.edge, options.openCounts, options.onAnswered, options.readMetrics);
  const adapter = new FastifyAdapter<RawServerDefault>(fastifyOptions(options, routeOf, edge));
  if (options.tls) followFiles(adapter.getHttpServer() as TlsServer, options.tls);
  const app = await NestFactory.create<NestFastifyApplication>(rootModule, adapter, {
    bodyParser: false,
    abortOnError: false,
    ...(options.logger === undefined ? {} : { logger: options.logger }),
  });
  app.useGlobalFilters(new ErrorFilter());
  const fastify: FastifyInstance = adapter.getInstance();
  leaveBodiesUnread(fastify);
  expectNothing(fastify, routeOf);
  fastify.decorateRequest('principal');
  const source = app.get<PrincipalSource>(PRINCIPAL_SOURCE, { strict: false });
  fastify.addHook('onRequest', inCourse);
  edge.surround(fastify, admit(options), identify(source));
  fastify.addHook('onRequest', direct);
  fastify.addHook('onSend', plainJsonType);
  if (options.adminPages) mountForAdmins(fastify, source, options.adminPages);
  return app;
}

/** A handler asks for what it needs: `readJson`, `bodyBytes`. */
function leaveBodiesUnread(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
}

/** What a client expects is not ours to judge: without this, Node refuses it where nothing of ours is asked. */
function expectNothing({ server }: FastifyInstance, routeOf: Router): void {
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
  server.on('connect', ({ url = '/' }, socket) => refuseTunnel(routeOf(url), socket as Socket));
}

const isOfVersion = (url: string): boolean => url.startsWith('/v2') || url.startsWith('/v1');

const isVersioned = ({ url }: FastifyRequest): boolean => isOfVersion(url);

function admit(options: HttpOptions): RequestHook {
  const maximum = options.maxRequestIdLength ?? MAX_REQUEST_ID_LENGTH;
  const longest = options.maxHeaderLine ?? MAX_HEADER_LINE;
  return (request, reply, done) => {
    rememberAnswer(request.raw.socket, reply.raw, request.routeOptions.config.noBody !== true);
    forgetUnreadableType(request);
    if (isVersioned(request)) void reply.header(REQUEST_ID_HEADER, request.id);
    const tooLong = refuseLongLine(request.raw, request.originalUrl, longest);
    if (tooLong) return done(tooLong);
    if (isHostMissing(request.raw)) return done(new MalformedBody('A request of HTTP/1.1 names its host.'));
    done(isVersioned(request) && hasTooLongRequestId(request.raw, maximum) ? new RequestIdTooLong(maximum) : undefined);
  };
}

/** RFC 9112 §3.2. Node would refuse it in a form of its own. */
const isHostMissing = ({ httpVersion, headers }: FastifyRequest['raw']): boolean => headers.host === undefined && httpVersion === '1.1';

const MEDIA_TYPE = /^\s*[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\s*(?:;|$)/;

/** Fastify refuses a media type that it cannot parse even where any is good. */
function forgetUnreadableType({ headers }: FastifyRequest): void {
  if (headers['content-type'] !== undefined && !MEDIA_TYPE.test(headers['content-type'])) delete headers['content-type'];
}

function identify(source: PrincipalSource): RequestHook {
  return (request, reply, done) => {
    if (!isVersioned(request)) return done();
    const refuse = (error: Error) => {
      if (error instanceof Unauthenticated) void reply.removeHeader(REQUEST_ID_HEADER);
      done(error);
    };
    const take = (principal: Principal) => {
      request.principal = principal;
      done();
    };
    try {
      if (!source.believesHeaders) stripIdentity(request.headers);
      const principal = source.principalOf(request.headers, { method: request.method, path: request.originalUrl.split('?', 1)[0] ?? '' });
      if (principal instanceof Promise) principal.then(take, refuse);
      else take(principal);
    } catch (error) {
      refuse(error as Error);
    }
  };
}

const direct: RequestHook = (request, reply, done) => {
  if (request.is404) {
    const path = request.url.split('?', 1)[0] ?? '';
    if (path === '/v2' || path === '/v1') void reply.redirect(`${baseUrl(request)}${path}/`, 302);
    else done(whyUnrouted(request.method, request.url));
    return;
  }
  const refused = request.routeOptions.config.noBody === true && hasBody(request);
  done(refused ? new MalformedBody('A body is not expected with this request.') : undefined);
};

const plainJsonType = (_request: FastifyRequest, reply: FastifyReply, payload: unknown, done: (error: null, payload: unknown) => void): void => {
  if (reply.getHeader('content-type') === 'application/json; charset=utf-8') void reply.header('content-type', 'application/json');
  done(null, payload);
};
