import fc from 'fast-check';
import { routeUrl } from './request-url.js';
import { versionNames, versionsDocument } from './versions.js';

const minors = (cache: boolean, multiStore: boolean) =>
  versionsDocument('http://h', { cache, multiStore }).versions.map(({ id, status }) => (status === 'CURRENT' ? `${id}!` : id)).join(' ');
const OLD = 'v2.7 v2.6 v2.5 v2.4 v2.3 v2.2 v2.1 v2.0';

describe('The versions', () => {
  it('with cache and several stores are all', () => {
    expect(minors(true, true)).toBe(`v2.18! v2.17 v2.16 v2.15 v2.14 v2.13 v2.12 v2.11 v2.10 v2.9 v2.8 ${OLD}`);
  });

  it('without a cache end at 2.17', () => {
    expect(minors(false, true)).toBe(`v2.15 v2.13 v2.12 v2.11 v2.10 v2.9 v2.8 v2.17! ${OLD}`);
  });

  it('with version 1 are told after those of version 2', () => {
    const { versions } = versionsDocument('http://h', { cache: false, multiStore: false, v1: true });
    expect(versions.slice(-2)).toEqual(['v1.1', 'v1.0'].map((id) => ({ id, status: 'SUPPORTED', links: [{ rel: 'self', href: 'http://h/v1/' }] })));
    expect(JSON.stringify(versionsDocument('http://h', { cache: false, multiStore: false }))).not.toContain('v1');
    const rules = { versions: versionNames({ cache: false, multiStore: false, v1: true }), unversioned: new Set<string>() };
    for (const url of ['/v1/images', '/v1.0/images', '/v1.1/images', '/v1/']) expect(routeUrl(url, undefined, rules)).toBe('/v1/images');
    expect(routeUrl('/images', 'application/vnd.openstack.images-v1.1', rules)).toBe('/v1/images');
  });

  it('with a single store lack what needs several', () => {
    expect(minors(false, false)).toBe(`v2.15 v2.9 v2.17! ${OLD}`);
  });
});

describe('The URL for the router', () => {
  const rules = { versions: versionNames({ cache: true, multiStore: true }), unversioned: new Set(['/healthcheck']) };

  it('lies under /v2, or is one of the few others, whatever a client sends', () => {
    const part = fc.constantFrom('/', '//', 'v2', 'v2.3', 'images', '%2F', '%', '?', '?a=/v2/', '.', '..', 'healthcheck', 'versions', 'http://h', '\n', 'ü');
    fc.assert(fc.property(fc.array(fc.oneof(part, fc.string())), fc.option(fc.string(), { nil: undefined }), (parts, accept) => {
      const path = routeUrl(parts.join(''), accept, rules).split('?')[0] ?? '';
      expect(path === '/' || path === '/versions' || path === '/healthcheck' || path === '/v2' || path.startsWith('/v2/')).toBe(true);
      expect(path.slice(1)).not.toMatch(/\/\/|%2f/i);
    }), { numRuns: 1000 });
  });

  it('keeps the query as it came', () => {
    expect(routeUrl('/v2.1/images?name=a%2Fb&x=//', undefined, rules)).toBe('/v2/images?name=a%2Fb&x=//');
  });
});
