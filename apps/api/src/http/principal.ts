import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { IncomingHttpHeaders } from 'node:http';
import type { Asked } from './access-rules.js';
import { NOBODY_IN_PARTICULAR, type Credentials, type Principal } from '#access';
import type { CommandContext } from '#event-store';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on the paths of the API, before anything but the request's line and headers is looked at. */
    principal: Principal;
  }
}

/**
 * Says who calls. Only a source may read identity from headers, and only from those that it verifies itself
 * (`X-Auth-Token`): `X-User-Id`, `X-Roles` and their like come from the client here and mean nothing.
 */
export interface PrincipalSource {
  /** True: for tests, a client may say by headers who it is; else they are gone before anything reads them. */
  readonly believesHeaders?: true;
  principalOf(headers: IncomingHttpHeaders, asked: Asked): Principal | Promise<Principal>;
}

export const PRINCIPAL_SOURCE = Symbol('PrincipalSource');

/** No authentication. */
export class EverybodyIsAdmin implements PrincipalSource {
  principalOf(): Principal {
    return NOBODY_IN_PARTICULAR;
  }
}

export function commandContext({ principal, id }: FastifyRequest): CommandContext {
  return { actor: principal, requestId: id };
}

/** For services that the caller may use beside this one; not part of the context, which events are made from. */
export function credentialsOf({ headers }: FastifyRequest): Credentials {
  const token = headers['x-auth-token'];
  return typeof token === 'string' ? { token } : {};
}

const requestOf = (context: ExecutionContext): FastifyRequest => context.switchToHttp().getRequest<FastifyRequest>();

/** What a command needs to know of the request that caused it. */
export const Context = createParamDecorator((_: unknown, context: ExecutionContext): CommandContext => commandContext(requestOf(context)));
