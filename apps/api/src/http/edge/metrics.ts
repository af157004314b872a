import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerError } from '../answer-error.js';
import { MethodNotAllowed, MetricsRefused } from '../api.errors.js';
import { rememberAnswer } from '../malformed-request.js';
import type { MetricsOptions } from './edge.options.js';
import { isAt } from './healthcheck.js';
import type { RequestHook } from './hooks.js';
import { Networks } from './networks.js';
import type { Proxies } from './proxies.js';

/** Resolves with Prometheus' text; undefined where nobody can tell now. */
export type ReadMetrics = () => Promise<string | undefined>;

const METHODS = ['GET', 'HEAD'];
const TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Answers Prometheus, by its address and without a token. */
export function metrics({ path, allowed }: MetricsOptions, proxies: Proxies, read: ReadMetrics): RequestHook {
  const networks = new Networks(allowed);
  return (request, reply, next) => {
    if (!isAt(path, request.originalUrl)) return next();
    rememberAnswer(request.raw.socket, reply.raw, false);
    // Who asks through a proxy that is not believed may be anybody.
    if (proxies.hidesClient(request) || !networks.has(proxies.clientOf(request))) answerError(new MetricsRefused(), request, reply);
    else if (METHODS.includes(request.method)) void answer(read, request, reply);
    else answerError(new MethodNotAllowed(request.method, METHODS), request, reply);
  };
}

async function answer(read: ReadMetrics, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const text = await read().catch(() => undefined);
  const [status, body] = text === undefined ? [503, 'What works in the background does not answer; it may be starting.\n'] : [200, text];
  void reply.code(status).type(TYPE).send(request.method === 'HEAD' ? undefined : body);
}
