/** By id, or by name within a domain. */
export interface KeystoneName {
  readonly id?: string;
  readonly name?: string;
  readonly domainId?: string;
  readonly domainName?: string;
}

type KeystoneScope = { readonly project: KeystoneName } | { readonly domain: KeystoneName } | { readonly system: 'all' } | Readonly<Record<never, never>>;

export interface KeystoneConnection {
  readonly authUrl: string;
  readonly credentials:
    | { readonly kind: 'password'; readonly user: KeystoneName; readonly password: string; readonly scope: KeystoneScope }
    | { readonly kind: 'application-credential'; readonly id?: string; readonly name?: string; readonly user: KeystoneName; readonly secret: string }
    | { readonly kind: 'token'; readonly token: string; readonly scope: KeystoneScope };
  readonly tls: { readonly caFile?: string; readonly certFile?: string; readonly keyFile?: string; readonly insecure: boolean };
  readonly timeoutMs: number;
  readonly retries: number;
  readonly region?: string;
}

export interface Keystone {
  readonly connection: KeystoneConnection;
  /** Where clients without a token are sent. */
  readonly wwwAuthenticateUri: string;
  /** −1: validations are not remembered. */
  readonly tokenCacheSeconds: number;
  /** Lower case. */
  readonly serviceTokenRoles: readonly string[];
  readonly serviceTokenRolesRequired: boolean;
  /** Of this service in the catalog: access rules of application credentials name it. */
  readonly serviceType: string;
  /** A wrong token counts as none. */
  readonly delayDecision: boolean;
  /** Callers without a token may read what everybody may. */
  readonly allowAnonymous: boolean;
}

export interface KeystoneLimits {
  readonly connection: KeystoneConnection;
  readonly endpoint: { readonly id?: string; readonly serviceType?: string; readonly serviceName?: string; readonly region?: string; readonly interface?: string };
  /** An upload never passes the limit of bytes. */
  readonly hard: boolean;
}
