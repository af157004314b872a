import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { errorBody, titleOf } from './error-body.js';

const STATUS: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_INVALID_METHOD: 501,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

const latest = new WeakMap<Socket, ServerResponse>();

/** So that what follows a request on its connection cannot take its answer away. */
export function rememberAnswer(socket: Socket, answer: ServerResponse): void {
  latest.set(socket, answer);
}

/**
 * Answers what Node's parser refused: there is no request to negotiate with, so the text form. A request that came whole
 * before it has its own answer first.
 */
export function answerMalformedRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  const before = latest.get(socket);
  if (before?.req.complete === true && !before.closed) before.once('close', () => refuse(error, socket));
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
