import type { FastifyReply, FastifyRequest } from 'fastify';

/** Of Fastify's `onRequest`; a hook that answers does not go on. */
export type RequestHook = (request: FastifyRequest, reply: FastifyReply, next: (error?: Error) => void) => void;

export type SendHook = (request: FastifyRequest, reply: FastifyReply, payload: unknown, next: (error: null, payload: unknown) => void) => void;

/** Says that answers differ by a header of the request. */
export function vary(reply: FastifyReply, header: string): void {
  const before = reply.getHeader('vary');
  void reply.header('vary', before === undefined ? header : `${String(before)}, ${header}`);
}
