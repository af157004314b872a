import { exchange } from '../support/raw-http.js';
import { Server } from '../support/server.js';

const OUTSIDE = { 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'images.example', 'X-Forwarded-Prefix': '/cloud' };
const BELIEVED = '[oslo_middleware]\nenable_proxy_headers_parsing = True\n';

async function withServer(conf: string, look: (ask: (method: string, path: string, headers: Record<string, string>, body?: string) => Promise<{ link: string | undefined; location: string | undefined; status: number }>) => Promise<void>) {
  const server = await Server.start({ memory: true, conf });
  try {
    await look(async (method, path, headers, body = '') => {
      const { answer } = await exchange(new URL(server.url), { method, target: path, headers: Object.entries({ Host: 'inner', ...headers, 'Content-Length': `${body.length}` }), body: Buffer.from(body) });
      const link = /"href":"([^"]+)\/v2\/"/.exec(answer?.body.toString() ?? '')?.[1];
      return { link, location: answer?.headers.get('location'), status: answer?.status ?? 0 };
    });
  } finally {
    await server.dispose();
  }
}

describe('Headers of proxies', () => {
  it('mean nothing unless they are asked for', () =>
    withServer('', async (ask) => {
      for (const headers of [OUTSIDE, { Forwarded: 'proto=https;host=images.example' }]) expect((await ask('GET', '/versions', headers as Record<string, string>)).link).toBe('http://inner');
    }), 60_000);

  it('lead links, redirections and locations to where the client is', () =>
    withServer(BELIEVED, async (ask) => {
      expect((await ask('GET', '/', OUTSIDE)).link).toBe('https://images.example/cloud');
      expect(await ask('GET', '/v2', OUTSIDE)).toMatchObject({ status: 302, location: 'https://images.example/cloud/v2/' });
      expect((await ask('POST', '/v2/images', OUTSIDE, '{}')).location).toMatch(/^https:\/\/images\.example\/cloud\/v2\/images\/[0-9a-f-]{36}$/);
      expect((await ask('GET', '/', { Forwarded: 'for="[2001:db8::1]";proto=https;host="images.example:8443"' })).link).toBe('https://images.example:8443');
    }), 60_000);

  it('that are no scheme, host or path are not repeated, and break nothing', () =>
    withServer(BELIEVED, async (ask) => {
      const bad = ['java script:', 'a"b', "a'b", 'a<b>', 'a b', 'evil/x', 'u@evil', 'a\\b', '\u00e4', ':', '[', 'x'.repeat(5000), '//evil', '/../..', '%0d%0aSet-Cookie: x', '"', 'a;host=b'];
      for (const value of bad) {
        for (const name of Object.keys(OUTSIDE)) expect([name, value, (await ask('GET', '/', { [name]: value })).link]).toEqual([name, value, 'http://inner']);
        expect([value, (await ask('GET', '/', { Forwarded: `host=${value}` })).link]).toEqual([value, value.endsWith('host=b') ? 'http://b' : 'http://inner']);
        expect([value, await ask('GET', '/v2', { 'X-Forwarded-Host': value, 'X-Forwarded-Prefix': value })]).toEqual([value, { link: undefined, status: 302, location: 'http://inner/v2/' }]);
      }
    }), 60_000);

  it('are believed from trusted_proxies only, where that names any', async () => {
    await withServer(`${BELIEVED}trusted_proxies = 192.0.2.0/24, 2001:db8::/32\n`, async (ask) => expect((await ask('GET', '/', OUTSIDE)).link).toBe('http://inner'));
    await withServer(`${BELIEVED}trusted_proxies = 192.0.2.1, 127.0.0.0/8\n`, async (ask) => expect((await ask('GET', '/', OUTSIDE)).link).toBe('https://images.example/cloud'));
  }, 60_000);

  it('of older configurations name the scheme', () =>
    withServer('secure_proxy_ssl_header = HTTP_X_FORWARDED_PROTO\n', async (ask) => {
      expect((await ask('GET', '/', OUTSIDE)).link).toBe('https://inner');
      expect((await ask('GET', '/', { 'X-Forwarded-Proto': 'gopher' })).link).toBe('http://inner');
    }), 60_000);
});
