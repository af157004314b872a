import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Proxies } from './proxies.js';

/** A request that has its answer; holds nothing that proves who somebody is. */
export interface Answered {
  /** Who asks, as far as proxies that are believed say so. */
  readonly address: string;
  readonly method: string;
  /** As it was sent, with its query. */
  readonly target: string;
  readonly httpVersion: string;
  readonly status: number;
  /** Of the body, where it is known before it is sent. */
  readonly bytes?: number;
  readonly ms: number;
  readonly requestId: string;
  readonly user?: string;
  readonly project?: string;
  /** The connection ended before the answer did. */
  readonly cut: boolean;
}

export type TellAnswered = (answered: Answered) => void;

type AnswerHook = (request: FastifyRequest, reply: FastifyReply, done: () => void) => void;

/** Of Fastify's `onResponse`. */
export const tellAnswered = (proxies: Proxies, tell: TellAnswered): AnswerHook => (request, reply, done) => {
  const principal: FastifyRequest['principal'] | undefined = request.principal;
  const length = reply.getHeader('content-length');
  tell({
    address: proxies.clientOf(request),
    method: request.method,
    target: request.originalUrl,
    httpVersion: request.raw.httpVersion,
    status: reply.statusCode,
    ...(length === undefined ? {} : { bytes: Number(length) }),
    ms: reply.elapsedTime,
    requestId: request.id,
    ...(principal?.user ? { user: principal.user } : {}),
    ...(principal?.project ? { project: principal.project } : {}),
    cut: !reply.raw.writableFinished,
  });
  done();
};
