import type { FastifyRequest } from 'fastify';
import { isIPv6 } from 'node:net';
import { MemoryCounts, type OpenRequestCounts, type RequestCounts } from '#access';
import { TooManyRequests } from '../api.errors.js';
import type { RateLimitOptions } from './edge.options.js';
import type { RequestHook } from './hooks.js';
import type { Proxies } from './proxies.js';

/** Most requests that one address, and one project, may make in an interval. */
export class RateLimit {
  private constructor(private readonly proxies: Proxies, private readonly addresses: RequestCounts | undefined, private readonly projects: RequestCounts | undefined) {}

  static async open(options: RateLimitOptions, proxies: Proxies, openCounts: OpenRequestCounts = inThisProcess): Promise<RateLimit> {
    const { perAddress, perProject } = options;
    const counts = (name: string, limit: number) => (limit > 0 ? openFor(name, limit, options, openCounts) : undefined);
    return new RateLimit(proxies, await counts('address', perAddress), await counts('project', perProject));
  }

  /** Before anybody is asked who calls, so that Keystone is not flooded either. */
  ofAddresses(): RequestHook | undefined {
    const { addresses } = this;
    return addresses && ((request, _reply, next) => limit(addresses, networkOf(this.proxies.clientOf(request)), next));
  }

  /** Once it is known who calls. Who is of no project counts by the user; nobody in particular by the address alone. */
  ofProjects(): RequestHook | undefined {
    const { projects } = this;
    return projects && ((request, _reply, next) => {
      const owner = ownerOf(request);
      if (owner === undefined) next();
      else limit(projects, owner, next);
    });
  }

  close(): void {
    this.addresses?.close();
    this.projects?.close();
  }
}

const inThisProcess: OpenRequestCounts = (_name, limit, intervalMs) => new MemoryCounts(limit, intervalMs);

async function openFor(name: string, limit: number, { interval, redis }: RateLimitOptions, openCounts: OpenRequestCounts): Promise<RequestCounts> {
  const ours = openCounts(name, limit, interval * 1000);
  if (redis === undefined) return ours;
  const { RedisCounts } = await import('./redis-counts.js');
  return new RedisCounts(redis, name, limit, interval, ours);
}

function limit(counts: RequestCounts, key: string, next: (error?: Error) => void): void {
  const judge = (wait: number | undefined) => next(wait === undefined ? undefined : new TooManyRequests(Math.max(1, Math.ceil(wait / 1000))));
  const wait = counts.take(key);
  if (wait instanceof Promise) wait.then(judge, next);
  else judge(wait);
}

function ownerOf({ principal }: FastifyRequest): string | undefined {
  if (principal === undefined) return undefined;
  if (principal.project !== null) return `p:${principal.project}`;
  return principal.user === null ? undefined : `u:${principal.user}`;
}

/** One subscriber has a whole /64 of IPv6. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('%', 1)[0]?.split('::') ?? [];
  const groups = head.split(':').filter(Boolean);
  const missing = tail === undefined ? 0 : 8 - groups.length - groupsIn(tail);
  const all = [...groups, ...Array<string>(Math.max(0, missing)).fill('0'), ...(tail ?? '').split(':').filter(Boolean)];
  return `${all.slice(0, 4).map((group) => group.replace(/^0+(?=.)/, '').toLowerCase()).join(':')}::/64`;
}

/** A dotted end stands for two. */
const groupsIn = (tail: string): number => tail.split(':').filter(Boolean).reduce((count, group) => count + (group.includes('.') ? 2 : 1), 0);
