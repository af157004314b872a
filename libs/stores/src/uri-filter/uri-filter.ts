import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { holds, kindOf } from './special-addresses.js';
import { UriRefused, type UriRule } from './uri-filter.errors.js';
import { hostOf, readWebUri, schemeOf } from './web-uri.js';

/** Where a list of allowed ones has entries, the list of disallowed ones beside it counts for nothing. */
export interface UriFilterOptions {
  readonly allowedSchemes: readonly string[];
  readonly disallowedSchemes: readonly string[];
  /** Names or addresses; a host named here may have any address. */
  readonly allowedHosts: readonly string[];
  /** Names or addresses; an address stands for every name that has it. */
  readonly disallowedHosts: readonly string[];
  /** A URL that names no port passes. */
  readonly allowedPorts: readonly number[];
  readonly disallowedPorts: readonly number[];
  /** Lets hosts with loopback, link-local and private addresses pass. */
  readonly allowPrivateAddresses: boolean;
}

export interface Address {
  readonly address: string;
  readonly family: 4 | 6;
}

/** A URI that passed, with the addresses that it passed with: whoever connects takes these and asks no name server again. */
export interface PinnedUri {
  readonly url: URL;
  /** Never empty. */
  readonly addresses: readonly Address[];
}

export type Resolve = (host: string) => Promise<readonly { readonly address: string }[]>;

/** Glance's own defaults, and no private addresses. */
export const DEFAULT_URI_FILTER: UriFilterOptions = {
  allowedSchemes: ['http', 'https'], disallowedSchemes: [], allowedHosts: [], disallowedHosts: [], allowedPorts: [80, 443], disallowedPorts: [],
  allowPrivateAddresses: false,
};

const FETCHABLE = ['http', 'https'];

/** Says of each URI that somebody outside gave (also by a redirect) whether requests may go there: `[import_filtering_opts]`. */
export class UriFilter {
  private readonly schemes: Lists<string>;
  private readonly hosts: Lists<string>;
  private readonly ports: Lists<number>;
  private readonly disallowedAddresses = new BlockList();
  private readonly refusedKinds: readonly string[];

  constructor(options: Partial<UriFilterOptions> = {}, private readonly resolve: Resolve = (host) => lookup(host, { all: true })) {
    const all = { ...DEFAULT_URI_FILTER, ...options };
    this.schemes = { allowed: lowerCase(all.allowedSchemes), disallowed: lowerCase(all.disallowedSchemes) };
    this.hosts = { allowed: hostsOf(all.allowedHosts), disallowed: hostsOf(all.disallowedHosts) };
    this.ports = { allowed: new Set(all.allowedPorts), disallowed: new Set(all.disallowedPorts) };
    this.refusedKinds = all.allowPrivateAddresses ? ['impossible'] : ['impossible', 'private'];
    for (const host of this.hosts.disallowed) if (isIP(host) !== 0) this.disallowedAddresses.addAddress(host, isIP(host) === 6 ? 'ipv6' : 'ipv4');
  }

  /** Fails with `UriRefused` only; the purpose stands in its message. Nothing is sent to the host itself. */
  async check(uri: string, purpose?: string): Promise<PinnedUri> {
    const refuse = (rule: UriRule) => new UriRefused(uri, rule, purpose);
    const scheme = schemeOf(uri) ?? '';
    const web = readWebUri(uri);
    const broken = (scheme && this.schemeRule(scheme)) || (web ? (this.hostRule(web.host) ?? this.portRule(web.port)) : 'malformed');
    if (broken || !web) throw refuse(broken ?? 'malformed');
    const addresses = await this.addressesOf(web.host);
    const refused = this.addressRule(web.host, addresses);
    if (refused) throw refuse(refused);
    return { url: web.url, addresses };
  }

  private schemeRule(scheme: string): UriRule | undefined {
    const rule = listRule(this.schemes, scheme);
    if (rule) return `${rule}_schemes`;
    return FETCHABLE.includes(scheme) ? undefined : 'allowed_schemes';
  }

  private hostRule(host: string): UriRule | undefined {
    const rule = listRule(this.hosts, host);
    return rule && `${rule}_hosts`;
  }

  private portRule(port: number | undefined): UriRule | undefined {
    const rule = port === undefined ? undefined : listRule(this.ports, port);
    return rule && `${rule}_ports`;
  }

  /** None where the name has none, or cannot be asked for. */
  private async addressesOf(host: string): Promise<readonly Address[]> {
    const found = isIP(host) === 0 ? await this.resolve(host).catch(() => []) : [{ address: host }];
    return found.map(({ address }) => ({ address, family: isIP(address) === 6 ? 6 : 4 }));
  }

  /** One bad address is enough: which one a connection would take is chance. */
  private addressRule(host: string, found: readonly Address[]): UriRule | undefined {
    const addresses = found.map(({ address }) => address.replace(/%.*$/, ''));
    if (addresses.length === 0 || addresses.some((address) => isIP(address) === 0)) return 'allow_private_addresses';
    if (this.hosts.allowed.has(host)) return undefined;
    if (this.hosts.allowed.size === 0 && addresses.some((address) => holds(this.disallowedAddresses, address))) return 'disallowed_hosts';
    return addresses.some((address) => this.refusedKinds.includes(kindOf(address))) ? 'allow_private_addresses' : undefined;
  }
}

interface Lists<T> {
  readonly allowed: ReadonlySet<T>;
  readonly disallowed: ReadonlySet<T>;
}

const hostsOf = (entries: readonly string[]): ReadonlySet<string> => new Set(entries.map(hostOf));
const lowerCase = (entries: readonly string[]): ReadonlySet<string> => new Set(entries.map((entry) => entry.toLowerCase()));

function listRule<T>({ allowed, disallowed }: Lists<T>, value: T): 'allowed' | 'disallowed' | undefined {
  if (allowed.size > 0) return allowed.has(value) ? undefined : 'allowed';
  return disallowed.has(value) ? 'disallowed' : undefined;
}
