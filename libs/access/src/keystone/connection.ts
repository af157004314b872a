/** By id, or by name within a domain. */
export interface Named {
  readonly id?: string;
  readonly name?: string;
  readonly domainId?: string;
  readonly domainName?: string;
}

/** What the service proves to Keystone who it is with. */
export type ServiceCredentials =
  | { readonly kind: 'password'; readonly user: Named; readonly password: string; readonly scope: Scope }
  | { readonly kind: 'application-credential'; readonly id?: string; readonly name?: string; readonly user: Named; readonly secret: string }
  | { readonly kind: 'token'; readonly token: string; readonly scope: Scope };

export type Scope = { readonly project: Named } | { readonly domain: Named } | { readonly system: 'all' } | Readonly<Record<never, never>>;

/** Where Keystone is and how it is reached, by the option names of keystoneauth. */
export interface KeystoneConnection {
  /** With or without the version at its end. */
  readonly authUrl: string;
  readonly credentials: ServiceCredentials;
  readonly tls: {
    /** PEM files. */
    readonly caFile?: string;
    readonly certFile?: string;
    readonly keyFile?: string;
    /** Takes any certificate. */
    readonly insecure: boolean;
  };
  /** Milliseconds for an answer. */
  readonly timeoutMs: number;
  /** How often it is tried again where nobody answers. */
  readonly retries: number;
  readonly region?: string;
}

/** The body of `POST /v3/auth/tokens` (Identity API v3, "Authentication and token management"). */
export function authRequest(credentials: ServiceCredentials): object {
  switch (credentials.kind) {
    case 'password':
      return { auth: { identity: { methods: ['password'], password: { user: { ...named(credentials.user), password: credentials.password } } }, ...scoped(credentials.scope) } };
    case 'application-credential': {
      const { id, name, user, secret } = credentials;
      const which = id === undefined ? { name, user: named(user) } : { id };
      return { auth: { identity: { methods: ['application_credential'], application_credential: { ...which, secret } } } };
    }
    case 'token':
      return { auth: { identity: { methods: ['token'], token: { id: credentials.token } }, ...scoped(credentials.scope) } };
  }
}

function scoped(scope: Scope): object {
  if ('system' in scope) return { scope: { system: { all: true } } };
  if ('project' in scope) return { scope: { project: named(scope.project) } };
  return 'domain' in scope ? { scope: { domain: scope.domain.id === undefined ? { name: scope.domain.name } : { id: scope.domain.id } } } : {};
}

function named({ id, name, domainId, domainName }: Named): object {
  if (id !== undefined) return { id };
  return { name, domain: domainId === undefined ? { name: domainName } : { id: domainId } };
}

/** The v3 API, whichever version the URL names. */
export const identityUrl = (authUrl: string): string => `${authUrl.replace(/\/+$/, '').replace(/\/v(?:2\.0|3)$/, '')}/v3`;
