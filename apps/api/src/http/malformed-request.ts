import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { whyUnrouted } from './unrouted.js';
import { refusalOf, type Refusal } from './answer-error.js';
import { errorBody, titleOf } from './error-body.js';

/** Of Node's parser. */
export interface ParserError extends Error {
  readonly code?: string;
  readonly rawPacket?: unknown;
  /** Where in the packet it gave up. */
  readonly bytesParsed?: number;
}

const STATUS: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

interface Begun {
  readonly answer: ServerResponse;
  readonly readsBody: boolean;
}

const latest = new WeakMap<Socket, Begun>();

/** So that what follows on its connection cannot take a request's answer away. `readsBody`: its handler may wait for a body. */
export function rememberAnswer(socket: Socket, answer: ServerResponse, readsBody: boolean): void {
  latest.set(socket, { answer, readsBody });
}

/**
 * Answers what Node's parser refused: there is no request to negotiate with, so the text form. A request before it that
 * has all it needs has its own answer first: it may have changed something already.
 */
export function answerMalformedRequest(error: ParserError, socket: Socket, routeOf: (url: string) => string): void {
  // A handshake that failed: there is nobody to tell.
  if (error.code?.startsWith('ERR_SSL_') || error.code?.startsWith('ERR_TLS_')) return void socket.destroy();
  const { answer: before, readsBody } = latest.get(socket) ?? {};
  const refused = () => refuse(error, socket, routeOf);
  if (before && !before.closed && (before.req.complete || !readsBody)) before.once('close', refused);
  else refused();
}

/** This is no proxy: CONNECT is a method that no resource has. */
export const refuseTunnel = (route: string, socket: Socket): void => answer(refusalOf(whyUnrouted('CONNECT', route)), socket);

function refuse(error: ParserError, socket: Socket, routeOf: (url: string) => string): void {
  if (error.code === 'ECONNRESET') socket.destroySoon();
  else answer(unknownMethod(error, routeOf) ?? malformed(error), socket);
}

function answer({ status, message, headers }: Refusal, socket: Socket): void {
  if (socket.writable) {
    const { contentType, body } = errorBody(status, message, undefined);
    const all = { ...headers, 'content-type': contentType, 'content-length': Buffer.byteLength(body), connection: 'close' };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`HTTP/1.1 ${status} ${titleOf(status)}\r\n${lines.join('')}\r\n${body}`);
  }
  socket.destroySoon();
}

const malformed = ({ code = '' }: ParserError): Refusal => ({
  status: STATUS[code] ?? 400,
  message: 'The server could not comply with the request since it is malformed.',
  headers: {},
});

const REQUEST_LINE = /^([!#$%&'*+.^_`|~\w-]+) ([!-~]+) HTTP\/1\.[01]\r?\n/;

/** The parser knows the methods of the world by name; another's request is as good as theirs. */
function unknownMethod({ code, rawPacket, bytesParsed = 0 }: ParserError, routeOf: (url: string) => string): Refusal | undefined {
  if (code !== 'HPE_INVALID_METHOD') return undefined;
  const [, method, url] = REQUEST_LINE.exec(Buffer.isBuffer(rawPacket) ? rawPacket.toString('latin1') : '') ?? [];
  return method === undefined || url === undefined || bytesParsed > method.length ? undefined : refusalOf(whyUnrouted(method, routeOf(url)));
}
