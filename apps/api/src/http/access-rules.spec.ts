import type { AccessRule, KeystoneToken } from '#access';
import { mayBeUsedFor } from './access-rules.js';

const token = (accessRules?: readonly AccessRule[], type = 'image'): KeystoneToken =>
  ({ user: 'u', project: 'p', roles: [], expiresAt: 0, catalog: [{ type, name: type, endpoints: [] }], ...(accessRules ? { accessRules } : {}) });
const rule = (path: string, method = 'GET', service = 'image'): AccessRule => ({ service, method, path });

describe('The access rules of an application credential', () => {
  it.each([
    ['/v2/images', '/v2/images', true], ['/v2/images', '/v2/images/1', false], ['/v2/images', '/x/v2/images', false],
    ['/v2/images/*', '/v2/images/1', true], ['/v2/images/*', '/v2/images/1/file', false], ['/v2/images/*', '/v2/images/', false],
    ['/v2/images/{id}/file', '/v2/images/1/file', true], ['/v2/images/{id}/file', '/v2/images/1/2/file', false],
    ['/v2/**', '/v2/images/1/file', true], ['**', '/v2', true], ['/v2/images.1', '/v2/imagesX1', false], ['/v2/(images|tasks)', '/v2/images', false],
    ['/v2/im+ages', '/v2/immages', false], ['/v2/[a-z]*', '/v2/images', false],
  ])('of %s are good for %s: %s', (path, asked, expected) => {
    expect(mayBeUsedFor(token([rule(path)]), { method: 'GET', path: asked }, 'image', false)).toBe(expected);
  });

  it('are about one method of one service', () => {
    const asked = { method: 'GET', path: '/v2/images' };
    expect(mayBeUsedFor(token([rule('/v2/images', 'POST')]), asked, 'image', false)).toBe(false);
    expect(mayBeUsedFor(token([rule('/v2/images', 'GET', 'compute')]), asked, 'image', false)).toBe(false);
    expect(mayBeUsedFor(token([rule('/v2/images', 'GET', 'compute'), rule('/v2/images')]), asked, 'image', false)).toBe(true);
  });

  it('of none at all are good for nothing, and where there are none given for everything', () => {
    const asked = { method: 'DELETE', path: '/v2/images/1' };
    expect(mayBeUsedFor(token([]), asked, 'image', false)).toBe(false);
    expect(mayBeUsedFor(token(), asked, 'image', false)).toBe(true);
  });

  it('do not bind a service that acts for the user, unless the catalog does not have this one', () => {
    const asked = { method: 'DELETE', path: '/v2/images/1' };
    expect(mayBeUsedFor(token([rule('/v2')]), asked, 'image', true)).toBe(true);
    expect(mayBeUsedFor(token([rule('/v2')], 'compute'), asked, 'image', true)).toBe(false);
  });
});
