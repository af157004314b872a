import type { ValuesOf } from './option.js';
import { keystoneAuthOptions } from './options/keystone-auth.js';
import type { Values } from './options/index.js';
import type { Resolver } from './resolver.js';
import { BadSetting } from './settings.errors.js';
import type { Keystone, KeystoneConnection, KeystoneLimits } from './keystone-settings.js';

type AuthValues = ValuesOf<typeof keystoneAuthOptions>;
type Authtoken = Values['keystone_authtoken'];

/** With `[paste_deploy] flavor = keystone`: how tokens are validated. */
export function keystoneOf(values: Values, resolver: Resolver, warn: (text: string) => void): Keystone {
  const own = values.keystone_authtoken;
  const connection = connectionOf('keystone_authtoken', asToday(own, resolver), resolver, { timeoutMs: own.http_connect_timeout * 1000, retries: own.http_request_max_retries });
  if (own.www_authenticate_uri === undefined) warn('[keystone_authtoken] www_authenticate_uri is not set: clients without a token are sent to the auth_url of this service');
  return {
    connection,
    wwwAuthenticateUri: own.www_authenticate_uri ?? connection.authUrl,
    tokenCacheSeconds: own.token_cache_time,
    serviceTokenRoles: own.service_token_roles.split(',').map((role) => role.trim().toLowerCase()).filter((role) => role !== ''),
    serviceTokenRolesRequired: own.service_token_roles_required,
    serviceType: own.service_type,
    delayDecision: own.delay_auth_decision,
    allowAnonymous: values.DEFAULT.allow_anonymous_access,
  };
}

/** With `use_keystone_limits`. */
export function keystoneLimitsOf({ DEFAULT, oslo_limit: own }: Values, resolver: Resolver): KeystoneLimits | undefined {
  if (!DEFAULT.use_keystone_limits) return undefined;
  const byService = own.endpoint_service_type !== undefined || own.endpoint_service_name !== undefined;
  if (own.endpoint_id === undefined && !byService) throw new BadSetting('oslo_limit', 'endpoint_id', '', 'must be set with [DEFAULT] use_keystone_limits: the id of the image service\'s endpoint in Keystone');
  return {
    connection: connectionOf('oslo_limit', own, resolver, { timeoutMs: own.timeout * 1000, retries: 0 }),
    endpoint: {
      id: own.endpoint_id,
      serviceType: own.endpoint_service_type,
      serviceName: own.endpoint_service_name,
      region: own.endpoint_region_name,
      interface: own.endpoint_interface,
    },
    hard: own.hard_limits,
  };
}

/** The names of the options before keystoneauth had plugins, which mean a password in the domain `default`. */
function asToday(own: Authtoken, resolver: Resolver): AuthValues {
  const given = own.auth_type !== undefined || own.auth_section !== undefined;
  const host = own.auth_host === undefined ? undefined : `${own.auth_protocol}://${own.auth_host.includes(':') ? `[${own.auth_host}]` : own.auth_host}:${own.auth_port}`;
  const url = own.auth_url ?? own.identity_uri ?? host;
  if (given || own.admin_user === undefined) return { ...own, auth_url: url };
  const tenant = resolver.given('keystone_authtoken', 'project_name') ? own.project_name : own.admin_tenant_name;
  return {
    ...own, auth_url: url, username: own.admin_user, password: own.admin_password, project_name: tenant,
    user_domain_id: own.user_domain_id ?? 'default', project_domain_id: own.project_domain_id ?? 'default',
  };
}

function connectionOf(group: string, own: AuthValues, resolver: Resolver, { timeoutMs, retries }: Pick<KeystoneConnection, 'timeoutMs' | 'retries'>): KeystoneConnection {
  const section = own.auth_section ?? group;
  const auth = own.auth_section === undefined ? own : resolver.values(own.auth_section, keystoneAuthOptions);
  if (auth.auth_url === undefined) throw new BadSetting(section, 'auth_url', '', 'must be set: where Keystone is, as http://HOST:5000/v3');
  return {
    authUrl: auth.auth_url,
    credentials: credentialsOf(section, auth),
    tls: { caFile: own.cafile, certFile: own.certfile, keyFile: own.keyfile, insecure: own.insecure },
    timeoutMs,
    retries,
    region: own.region_name,
  };
}

const PASSWORD = ['password', 'v3password', 'v2password'];
const TOKEN = ['token', 'v3token', 'v2token'];

function credentialsOf(section: string, own: AuthValues): KeystoneConnection['credentials'] {
  const needed = <K extends keyof AuthValues>(option: K): NonNullable<AuthValues[K]> => {
    const value = own[option];
    if (value === undefined || value === null || value === '') throw new BadSetting(section, option, '', `must be set with auth_type = ${type}`);
    return value;
  };
  const type = (own.auth_type ?? 'password').toLowerCase();
  const domain = { domainId: own.user_domain_id ?? own.default_domain_id, domainName: own.user_domain_name ?? own.default_domain_name };
  const user = own.user_id === undefined ? { name: own.username, ...orDefault(domain) } : { id: own.user_id };
  if (type === 'v3applicationcredential') {
    const secret = needed('application_credential_secret');
    return { kind: 'application-credential', id: own.application_credential_id, name: own.application_credential_id === undefined ? needed('application_credential_name') : undefined, user, secret };
  }
  if (TOKEN.includes(type)) return { kind: 'token', token: needed('token'), scope: scopeOf(own) };
  if (!PASSWORD.includes(type)) throw new BadSetting(section, 'auth_type', type, 'allowed: password, v3applicationcredential and v3token');
  if (own.user_id === undefined) needed('username');
  return { kind: 'password', user, password: needed('password'), scope: scopeOf(own) };
}

function scopeOf(own: AuthValues): Extract<KeystoneConnection['credentials'], { kind: 'password' }>['scope'] {
  if (own.system_scope !== undefined) return { system: 'all' };
  if (own.project_id !== undefined) return { project: { id: own.project_id } };
  const domain = orDefault({ domainId: own.project_domain_id ?? own.default_domain_id, domainName: own.project_domain_name ?? own.default_domain_name });
  if (own.project_name !== undefined) return { project: { name: own.project_name, ...domain } };
  if (own.domain_id !== undefined || own.domain_name !== undefined) return { domain: { id: own.domain_id, name: own.domain_name } };
  return {};
}

/** Keystone's own domain, where the operator names none. */
const orDefault = ({ domainId, domainName }: { readonly domainId?: string; readonly domainName?: string }) =>
  domainId === undefined && domainName !== undefined ? { domainName } : { domainId: domainId ?? 'default' };
