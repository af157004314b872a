import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { errorBody, titleOf } from './error-body.js';

const STATUS: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_INVALID_METHOD: 501,
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
export function answerMalformedRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  const { answer, readsBody } = latest.get(socket) ?? {};
  if (answer && !answer.closed && (answer.req.complete || !readsBody)) answer.once('close', () => refuse(error, socket));
  else refuse(error, socket);
}

function refuse(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code !== 'ECONNRESET' && socket.writable) {
    const status = STATUS[error.code ?? ''] ?? 400;
    const { contentType, body } = errorBody(status, 'The server could not comply with the request since it is malformed.', undefined);
    socket.write(
      `HTTP/1.1 ${status} ${titleOf(status)}\r\nContent-Type: ${contentType}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    );
  }
  socket.destroySoon();
}
