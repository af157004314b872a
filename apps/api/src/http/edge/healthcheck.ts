import { access } from 'node:fs/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { acceptable } from '../accept.js';
import { answerError } from '../answer-error.js';
import { MethodNotAllowed } from '../api.errors.js';
import { rememberAnswer } from '../malformed-request.js';
import type { HealthcheckOptions } from './edge.options.js';
import { healthPage, healthText, healthJson, type Check } from './health-answers.js';
import type { RequestHook } from './hooks.js';

const METHODS = ['GET', 'HEAD'];

/** Answers load balancers as oslo.middleware does, before anything is asked who they are. */
export function healthcheck(options: HealthcheckOptions): RequestHook {
  return (request, reply, next) => {
    if (!isAt(options.path, request.originalUrl)) return next();
    rememberAnswer(request.raw.socket, reply.raw, false);
    if (METHODS.includes(request.method)) void answer(options, request, reply);
    else answerError(new MethodNotAllowed(request.method, METHODS), request, reply);
  };
}

/** Of the URL as it was sent: `/healthcheck`, with a query or without, or after `http://host`. */
export function isAt(path: string, url: string): boolean {
  const from = url.startsWith('/') ? 0 : (/^https?:\/\/[^/]*/i.exec(url)?.[0].length ?? 0);
  return url.startsWith(path, from) && (url.length === from + path.length || url[from + path.length] === '?');
}

async function answer(options: HealthcheckOptions, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const checks = await Promise.all(filesToLookFor(options, request).map(lookFor));
  const shown: readonly Check[] = checks.length > 0 ? checks : [{ healthy: true, reason: 'OK', kind: 'Serving', details: 'No file to look for is configured' }];
  const healthy = shown.every((check) => check.healthy);
  if (request.method === 'HEAD' && healthy) return void reply.code(204).send();
  void reply.code(healthy ? 200 : 503);
  if (request.method === 'HEAD') return void reply.type('text/plain; charset=UTF-8').send();
  switch (acceptable(request.headers.accept, ['text/plain', 'text/html', 'application/json'])[0]) {
    case 'text/html':
      return void reply.type('text/html; charset=UTF-8').send(healthPage(shown, options.detailed));
    case 'application/json':
      return void reply.type('application/json').send(healthJson(shown, options.detailed));
    default:
      return void reply.type('text/plain; charset=UTF-8').send(healthText(shown));
  }
}

interface Lookup {
  readonly kind: string;
  /** None for this port. */
  readonly file: string | undefined;
}

function filesToLookFor({ file, filesByPort }: HealthcheckOptions, { raw }: FastifyRequest): Lookup[] {
  return [
    ...(file === undefined ? [] : [{ kind: 'DisableByFile', file }]),
    ...(filesByPort === undefined ? [] : [{ kind: 'DisableByFilesPorts', file: filesByPort.get(raw.socket.localPort ?? 0) }]),
  ];
}

async function lookFor({ kind, file }: Lookup): Promise<Check> {
  if (file === undefined) return { healthy: true, reason: 'OK', kind, details: 'No file to look for is configured for this port' };
  const there = await access(file).then(() => true, () => false);
  return there
    ? { healthy: false, reason: 'DISABLED BY FILE', kind, details: `Path '${file}' was found` }
    : { healthy: true, reason: 'OK', kind, details: `Path '${file}' was not found` };
}
