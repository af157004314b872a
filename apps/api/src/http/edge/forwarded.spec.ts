import fc from 'fast-check';
import { addressesIn, forwarded } from './forwarded.js';

describe('What proxies say of a request', () => {
  it.each([
    [{ 'x-forwarded-proto': 'https' }, { scheme: 'https' }],
    [{ 'x-forwarded-proto': 'HTTPS, http', 'x-forwarded-host': 'images.example:9292, inner' }, { scheme: 'https', host: 'images.example:9292' }],
    [{ 'x-forwarded-host': '[2001:db8::1]:80' }, { host: '[2001:db8::1]:80' }],
    [{ 'x-forwarded-prefix': '/cloud/image' }, { prefix: '/cloud/image' }],
    [{ 'x-forwarded-prefix': '/image/' }, { prefix: '/image' }],
    [{ forwarded: 'for=192.0.2.60;proto=https;host=images.example, for=10.0.0.1;proto=http' }, { scheme: 'https', host: 'images.example' }],
    [{ forwarded: 'For="[2001:db8::17]:4711"; Host="images.example:80"' }, { host: 'images.example:80' }],
    [{ forwarded: 'proto=https', 'x-forwarded-host': 'ignored', 'x-forwarded-prefix': '/p' }, { scheme: 'https', prefix: '/p' }],
  ])('%p is %p', (headers, told) => {
    expect(forwarded(headers)).toEqual(told);
  });

  it.each([
    { 'x-forwarded-proto': 'javascript' }, { 'x-forwarded-proto': 'https://' }, { 'x-forwarded-proto': '' },
    { 'x-forwarded-host': 'a"b' }, { 'x-forwarded-host': "a'b" }, { 'x-forwarded-host': 'a/b' }, { 'x-forwarded-host': 'a b' }, { 'x-forwarded-host': 'user@evil' },
    { 'x-forwarded-host': 'a:b' }, { 'x-forwarded-host': 'a\r\nSet-Cookie: x' }, { 'x-forwarded-host': '-a' }, { 'x-forwarded-host': 'ü' }, { 'x-forwarded-host': 'a'.repeat(300) },
    { 'x-forwarded-prefix': '//evil.example' }, { 'x-forwarded-prefix': 'a' }, { 'x-forwarded-prefix': '/../x' }, { 'x-forwarded-prefix': '/<b>' }, { 'x-forwarded-prefix': '/a?b' },
    { forwarded: 'host="a' }, { forwarded: 'host=a;;' }, { forwarded: 'nonsense' }, { forwarded: 'host="a\\"b"' }, { forwarded: '=x' },
  ])('%p says nothing', (headers) => {
    expect(forwarded(headers)).toEqual({});
  });

  it('is never anything but a scheme, a host and a path, whatever is sent', () => {
    const part = fc.constantFrom('for', 'proto', 'host', '=', '"', ';', ',', '\\', 'https', 'a.b', '[::1]', ':', '1', ' ', '\r\n', '/', '//', '..', '@', '<', 'ü');
    const text = fc.array(part, { maxLength: 30 }).map((parts) => parts.join(''));
    fc.assert(fc.property(text, text, fc.option(text, { nil: undefined }), (host, prefix, standard) => {
      const told = forwarded({ 'x-forwarded-host': host, 'x-forwarded-prefix': prefix, ...(standard === undefined ? {} : { forwarded: standard }) });
      const url = new URL(`${told.scheme ?? 'http'}://${told.host ?? 'none'}${told.prefix ?? ''}/v2/`);
      expect([url.username, url.password, url.search, url.hash]).toEqual(['', '', '', '']);
      expect(url.pathname).toBe(`${told.prefix ?? ''}/v2/`);
    }));
  });
});

describe('The addresses that proxies had a request from', () => {
  it('are read with ports and brackets, and none where one hides', () => {
    expect(addressesIn({ 'x-forwarded-for': '192.0.2.1, 192.0.2.2:80, 2001:db8::1, unknown, [2001:db8::2]:1' })).toEqual([['192.0.2.1', '192.0.2.2', '2001:db8::1', undefined, '2001:db8::2']]);
    expect(addressesIn({ forwarded: 'for=192.0.2.1, for=_hidden, for="[2001:db8::1]"' })).toEqual([['192.0.2.1', undefined, '2001:db8::1']]);
    expect(addressesIn({ forwarded: 'for="broken' })).toEqual([[]]);
    expect(addressesIn({})).toEqual([]);
  });
});
