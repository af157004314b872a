/** One service of a catalog (Identity API v3). */
export interface CatalogEntry {
  readonly type: string;
  readonly name: string;
  readonly endpoints: readonly { readonly interface: string; readonly region: string | null; readonly url: string }[];
}

export type Catalog = readonly CatalogEntry[];

/** A path of a service that an application credential may be used for. */
export interface AccessRule {
  readonly service: string;
  readonly method: string;
  readonly path: string;
}

/** What Keystone says of a token. */
export interface KeystoneToken {
  readonly user: string;
  readonly project: string | null;
  /** Lower case. */
  readonly roles: readonly string[];
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  readonly systemScope?: 'all';
  /** Ids of the domains that the user and the project are in, and of the one that it is for instead of a project. */
  readonly userDomain?: string;
  readonly projectDomain?: string;
  readonly domain?: string;
  readonly catalog: Catalog;
  /** Absent: it may be used for everything. */
  readonly accessRules?: readonly AccessRule[];
}

type Fields = Readonly<Record<string, unknown>>;

/** From the body of `GET /v3/auth/tokens`; undefined where it is not what Keystone answers. */
export function tokenOf(body: unknown): KeystoneToken | undefined {
  const token = fieldsOf(fieldsOf(body)?.['token']);
  const user = textOf(fieldsOf(token?.['user'])?.['id']);
  const expiresAt = Date.parse(textOf(token?.['expires_at']) ?? '');
  if (!token || user === undefined || Number.isNaN(expiresAt)) return undefined;
  const rules = fieldsOf(token['application_credential'])?.['access_rules'];
  return {
    user,
    project: textOf(fieldsOf(token['project'])?.['id']) ?? null,
    roles: listOf(token['roles']).flatMap((role) => textOf(role['name'])?.toLowerCase() ?? []),
    expiresAt,
    ...(fieldsOf(token['system'])?.['all'] === true ? { systemScope: 'all' as const } : {}),
    userDomain: textOf(fieldsOf(fieldsOf(token['user'])?.['domain'])?.['id']),
    projectDomain: textOf(fieldsOf(fieldsOf(token['project'])?.['domain'])?.['id']),
    domain: textOf(fieldsOf(token['domain'])?.['id']),
    catalog: listOf(token['catalog']).map(entryOf),
    ...(rules === undefined || rules === null ? {} : { accessRules: listOf(rules).map(ruleOf) }),
  };
}

/** Where a service is; undefined: the catalog does not say. */
export function endpointIn(catalog: Catalog, type: string, wanted: { readonly interface: string; readonly region?: string; readonly name?: string }): string | undefined {
  return catalog
    .filter((entry) => entry.type === type && (wanted.name === undefined || entry.name === wanted.name))
    .flatMap(({ endpoints }) => endpoints)
    .find((endpoint) => endpoint.interface === wanted.interface && (wanted.region === undefined || endpoint.region === wanted.region))?.url;
}

const entryOf = (entry: Fields): CatalogEntry => ({
  type: textOf(entry['type']) ?? '',
  name: textOf(entry['name']) ?? '',
  endpoints: listOf(entry['endpoints']).map((endpoint) => ({
    interface: textOf(endpoint['interface']) ?? '',
    region: textOf(endpoint['region_id']) ?? textOf(endpoint['region']) ?? null,
    url: textOf(endpoint['url']) ?? '',
  })),
});

const ruleOf = (rule: Fields): AccessRule => ({ service: textOf(rule['service']) ?? '', method: textOf(rule['method']) ?? '', path: textOf(rule['path']) ?? '' });

const fieldsOf = (value: unknown): Fields | undefined => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined);
const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const listOf = (value: unknown): Fields[] => (Array.isArray(value) ? value.map(fieldsOf).filter((one) => one !== undefined) : []);
