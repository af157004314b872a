import { Logger } from '@nestjs/common';
import type { IncomingHttpHeaders } from 'node:http';
import { KeystoneUnavailable, withAdmin, type KeystoneToken, type Policy, type Principal, type TokenValidator } from '#access';
import { mayBeUsedFor, type Asked } from './access-rules.js';
import { Unauthenticated } from './api.errors.js';
import type { PrincipalSource } from './principal.js';

export interface KeystoneAuthenticationOptions {
  readonly wwwAuthenticateUri: string;
  /** Lower case: one of them makes a token a service's. */
  readonly serviceTokenRoles: readonly string[];
  readonly serviceTokenRolesRequired: boolean;
  readonly serviceType: string;
  /** A wrong token counts as none. */
  readonly delayDecision: boolean;
  /** Who has no token may read what everybody may. */
  readonly allowAnonymous: boolean;
}

const ANONYMOUS: Principal = { user: null, project: null, roles: [], admin: false, service: null, readOnly: true };

interface Service {
  readonly token: KeystoneToken;
  readonly trusted: boolean;
}

/** Callers are whose token they have, as Keystone says it (keystonemiddleware's auth_token). */
export class KeystoneAuthentication implements PrincipalSource {
  private readonly log = new Logger('Keystone');

  constructor(
    private readonly policy: Policy,
    private readonly tokens: Pick<TokenValidator, 'validate'>,
    private readonly options: KeystoneAuthenticationOptions,
  ) {}

  async principalOf(headers: IncomingHttpHeaders, asked: Asked): Promise<Principal> {
    try {
      return await this.identified(headers, asked);
    } catch (error) {
      if (error instanceof KeystoneUnavailable) this.log.error(`no token can be validated: ${error.reason}`);
      throw error;
    }
  }

  private async identified(headers: IncomingHttpHeaders, asked: Asked): Promise<Principal> {
    const service = await this.serviceOf(text(headers['x-service-token']));
    const id = text(headers['x-auth-token'] ?? headers['x-storage-token']);
    if (service === 'refused') return this.refuse();
    if (id === '') return this.options.allowAnonymous ? ANONYMOUS : this.refuse();
    const token = await this.tokens.validate(id, service?.trusted);
    if (!token || !mayBeUsedFor(token, asked, this.options.serviceType, service !== undefined)) return this.refuse();
    return withAdmin(this.policy, principalOf(token, service?.token));
  }

  /** Any token passes as a service's, unless only those with a service's role may; only those make a token good that has ended. */
  private async serviceOf(id: string): Promise<Service | 'refused' | undefined> {
    if (id === '') return undefined;
    const token = await this.tokens.validate(id);
    if (!token) return 'refused';
    const trusted = token.roles.some((role) => this.options.serviceTokenRoles.includes(role));
    return trusted || !this.options.serviceTokenRolesRequired ? { token, trusted } : 'refused';
  }

  private refuse(): Principal {
    if (this.options.delayDecision && this.options.allowAnonymous) return ANONYMOUS;
    throw new Unauthenticated(this.options.wwwAuthenticateUri);
  }
}

function principalOf({ user, project, roles, systemScope, userDomain, projectDomain, domain }: KeystoneToken, service: KeystoneToken | undefined): Principal {
  return {
    user, project, roles, admin: false,
    service: service?.user ?? null,
    userDomain, projectDomain, domain,
    ...(service ? { serviceRoles: service.roles } : {}),
    ...(systemScope ? { systemScope } : {}),
  };
}

const text = (header: string | readonly string[] | undefined): string => (typeof header === 'string' ? header : (header?.[0] ?? '')).trim();
