import type { FastifyInstance, FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify';
import { answerError } from './answer-error.js';
import { AdminOnly, MethodNotAllowed } from './api.errors.js';
import { stripIdentity } from './identity-headers.js';
import type { PrincipalSource } from './principal.js';

/** Something beside the API that admins may look at. */
export interface AdminPages {
  /** `/jobs`: everything below it. */
  readonly path: string;
  readonly plugin: FastifyPluginCallback;
  /** Called before each request that is let in; where it rejects, the answer is 503. */
  readonly refresh: () => Promise<void>;
  readonly close: () => Promise<void>;
}

const METHODS = ['GET', 'HEAD'];

/** Only admins come in, and only to look: a page that somebody else has open in the same browser can do no harm. */
export function mountForAdmins(fastify: FastifyInstance, source: PrincipalSource, pages: AdminPages): void {
  fastify.register(async (scope) => {
    scope.addHook('onRequest', async (request, reply) => {
      const refusal = await whyNot(source, pages, request).catch((error: unknown) => error);
      if (refusal === undefined) return undefined;
      refuse(refusal, request, reply);
      return reply;
    });
    await scope.register(pages.plugin, { prefix: pages.path });
  });
  fastify.addHook('onClose', () => pages.close());
}

async function whyNot(source: PrincipalSource, pages: AdminPages, request: FastifyRequest): Promise<unknown> {
  if (!source.believesHeaders) stripIdentity(request.headers);
  const principal = await source.principalOf(request.headers, { method: request.method, path: request.originalUrl.split('?', 1)[0] ?? '' });
  if (!principal.admin) return new AdminOnly();
  if (!METHODS.includes(request.method)) return new MethodNotAllowed(request.method, METHODS);
  return pages.refresh().then(() => undefined, (error: unknown) => new Unready(error));
}

class Unready extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function refuse(refusal: unknown, request: FastifyRequest, reply: FastifyReply): void {
  if (refusal instanceof Unready) void reply.code(503).type('text/plain; charset=utf-8').send(`${refusal.message}\n`);
  else answerError(refusal, request, reply);
}
