import { HttpException, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { redactUrls } from '#settings';
import { ERROR_STATUS as OF_V1 } from '../v1/error-status.js';
import { ERROR_STATUS as OF_V2, type ErrorCode } from '../v2/error-status.js';
import { errorBody, titleOf, type ErrorBody } from './error-body.js';

const NEUTRAL = 'The server has either erred or is incapable of performing the requested operation.';

const log = new Logger('Http');

export interface Refusal {
  readonly status: number;
  readonly message: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Answers with the status and text of an error. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const { raw } = reply;
  if (raw.destroyed || request.raw.socket.destroyed) return;
  if (raw.headersSent) {
    log.error(`${request.method} ${request.url} failed in the middle of its answer`, stackOf(error));
    raw.destroy();
    return;
  }
  const { status, message, headers } = refusalOf(error, request.url);
  if (status === 500) log.error(`${request.method} ${request.url} failed`, stackOf(error));
  const { contentType, body } = documentOf(error) ?? errorBody(status, message, request.headers.accept);
  raw.statusMessage = titleOf(status);
  void reply.code(status).headers(headers).type(contentType).send(body);
  // A client that is still sending reads no answer before it has sent everything.
  request.raw.resume();
}

/** Of errors that have a form of their own. */
function documentOf(error: unknown): ErrorBody | undefined {
  const document = error instanceof Error && 'document' in error ? error.document : undefined;
  return document === undefined ? undefined : { contentType: 'application/json', body: JSON.stringify(document) };
}

/** Of an unknown error nothing gets out. */
export function refusalOf(error: unknown, url = ''): Refusal {
  const status = statusOf(error, url.startsWith('/v1') ? OF_V1 : OF_V2);
  if (status === undefined || status === 500 || !(error instanceof Error)) return { status: 500, message: NEUTRAL, headers: {} };
  return { status, message: redactUrls(error.message), headers: headersOf(error) };
}

function statusOf(error: unknown, statuses: typeof OF_V2): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  if (isErrorCode(error.code)) return statuses[error.code];
  const fromFastify = error.code.startsWith('FST_ERR_') && 'statusCode' in error ? error.statusCode : undefined;
  return typeof fromFastify === 'number' && fromFastify < 500 ? fromFastify : undefined;
}

const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(OF_V2, code);

function headersOf(error: Error): Readonly<Record<string, string>> {
  const headers = 'headers' in error ? error.headers : undefined;
  if (typeof headers !== 'object' || headers === null) return {};
  return Object.fromEntries(Object.entries(headers).filter((one): one is [string, string] => typeof one[1] === 'string'));
}

const stackOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));
