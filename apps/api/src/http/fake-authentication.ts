import type { IncomingHttpHeaders } from 'node:http';
import { NOBODY_IN_PARTICULAR, withAdmin, type Policy, type Principal } from '#access';
import { Unauthenticated } from './api.errors.js';
import type { PrincipalSource } from './principal.js';

/** Roles that come with a role, as Keystone implies them. */
const IMPLIED: Readonly<Record<string, readonly string[]>> = { admin: ['member', 'reader'], member: ['reader'] };

/** For suites that know no Keystone: callers are whoever they say. Protects nothing. */
export class FakeAuthentication implements PrincipalSource {
  readonly believesHeaders = true as const;

  constructor(
    private readonly policy: Policy,
    /** Whether `X-Auth-Token` may say who calls: `user:tenant:role[,role…]`, tenant `none` for no project. */
    private readonly tokens: boolean,
  ) {}

  principalOf(headers: IncomingHttpHeaders): Principal {
    const parts = this.tokens ? plain(text(headers['x-auth-token'])).split(':') : [];
    if (parts.length === 3) {
      const [user = '', tenant = '', roles = ''] = parts;
      return this.principal(user, tenant.toLowerCase() === 'none' ? '' : tenant, roles);
    }
    const status = headers['x-identity-status'];
    if (status === undefined) return NOBODY_IN_PARTICULAR;
    if (text(status).toLowerCase() !== 'confirmed') throw new Unauthenticated();
    return this.principal(text(headers['x-user-id']), text(headers['x-tenant-id']) || text(headers['x-project-id']), text(headers['x-roles']));
  }

  private principal(user: string, project: string, roles: string): Principal {
    const named = roles.split(',').map((role) => role.trim().toLowerCase()).filter((role) => role !== '');
    const all = [...new Set(named.flatMap((role) => [role, ...(IMPLIED[role] ?? [])]))];
    return withAdmin(this.policy, { user: user || null, project: project || null, roles: all, admin: false, service: null });
  }
}

/** python-glanceclient percent-encodes a token, its colons too. */
const plain = (token: string): string => token.replace(/%3A/gi, ':').replace(/%2C/gi, ',');

const text = (header: string | readonly string[] | undefined): string => (typeof header === 'string' ? header : (header?.[0] ?? ''));
