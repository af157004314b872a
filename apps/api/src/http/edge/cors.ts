import type { FastifyReply, FastifyRequest } from 'fastify';
import { rememberAnswer } from '../malformed-request.js';
import type { CorsRule, EdgeOptions } from './edge.options.js';
import { vary, type RequestHook } from './hooks.js';

/** May always be sent, whatever is configured. */
const SIMPLE_HEADERS = ['accept', 'accept-language', 'content-type', 'cache-control', 'content-language', 'expires', 'last-modified', 'pragma'];

/** What other origins' pages may do, in oslo.middleware's terms and with its answers. */
export class Cors {
  constructor(private readonly rules: EdgeOptions['cors']) {}

  /** Undefined where nothing is shared: then OPTIONS is a method like others. Else every OPTIONS is answered, before anybody is asked who calls. */
  hook(): RequestHook | undefined {
    if (this.rules.size === 0) return undefined;
    return (request, reply, next) => {
      if (request.method !== 'OPTIONS') {
        this.share(request, reply);
        return next();
      }
      rememberAnswer(request.raw.socket, reply.raw, false);
      this.answerPreflight(request, reply);
      request.raw.resume();
      void reply.code(200).send();
    };
  }

  /** Lets the page that asks read the answer, an error too. */
  share({ headers: { origin } }: FastifyRequest, reply: FastifyReply): void {
    const [allowed, rule] = this.ruleOf(origin);
    if (allowed === undefined || rule === undefined) return;
    sharedWith(allowed, rule, reply);
    if (rule.exposed.length > 0) void reply.header('access-control-expose-headers', rule.exposed.join(','));
  }

  private answerPreflight({ headers }: FastifyRequest, reply: FastifyReply): void {
    const [allowed, rule] = this.ruleOf(headers.origin);
    const method = headers['access-control-request-method'];
    if (allowed === undefined || rule === undefined || method === undefined || !rule.methods.includes(method)) return;
    const asked = (headers['access-control-request-headers'] ?? '').split(',').map((name) => name.trim()).filter((name) => name !== '');
    const permitted = new Set([...rule.headers.map((name) => name.toLowerCase()), ...SIMPLE_HEADERS]);
    if (!asked.every((name) => permitted.has(name.toLowerCase()))) return;
    sharedWith(allowed, rule, reply);
    if (rule.maxAge > 0) void reply.header('access-control-max-age', String(rule.maxAge));
    void reply.header('access-control-allow-methods', method);
    if (asked.length > 0) void reply.header('access-control-allow-headers', asked.join(','));
  }

  private ruleOf(origin: string | undefined): [origin?: string, rule?: CorsRule] {
    if (origin === undefined) return [];
    const own = this.rules.get(origin);
    return own ? [origin, own] : ['*', this.rules.get('*')];
  }
}

function sharedWith(origin: string, { credentials }: CorsRule, reply: FastifyReply): void {
  vary(reply, 'Origin');
  void reply.header('access-control-allow-origin', origin);
  if (credentials) void reply.header('access-control-allow-credentials', 'true');
}
