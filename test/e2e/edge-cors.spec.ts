import { ImageClient } from '../support/image-client.js';
import { exchange } from '../support/raw-http.js';
import { Server } from '../support/server.js';

const PAGE = 'https://horizon.example';

describe('Pages of another origin that is allowed', () => {
  let server: Server;
  let client: ImageClient;
  beforeAll(async () => {
    server = await Server.start({ memory: true, conf: `[paste_deploy]\nflavor = fakeauth\n[cors]\nallowed_origin = ${PAGE}\n` });
    client = new ImageClient(server, 'u:p:member');
  }, 60_000);
  afterAll(() => server.dispose());

  const ask = async (method: string, target: string, headers: Record<string, string> = {}) => {
    const { answer } = await exchange(new URL(server.url), { method, target, headers: Object.entries({ Origin: PAGE, 'X-Auth-Token': 'u:p:member', ...headers }), body: Buffer.alloc(0) });
    if (!answer) throw new Error('no answer');
    return answer;
  };

  it('may ask for what they want before anybody asks who calls', async () => {
    const wanted = { 'X-Identity-Status': 'Invalid', 'X-Auth-Token': 'x', 'Access-Control-Request-Method': 'PATCH', 'Access-Control-Request-Headers': 'x-auth-token,content-type' };
    const { status, headers, body } = await ask('OPTIONS', '/v2/images/x', wanted);
    expect([status, body.length]).toEqual([200, 0]);
    expect(Object.fromEntries(headers)).toMatchObject({
      'access-control-allow-origin': PAGE, 'access-control-allow-methods': 'PATCH', 'access-control-allow-headers': 'x-auth-token,content-type', 'access-control-max-age': '3600', vary: 'Origin',
    });
  });

  it('may read every answer, refusals and the bytes of images too', async () => {
    const { id } = await client.create();
    await client.put(id, 'bytes');
    const asked: [number, string, string, Record<string, string>?][] = [
      [200, 'GET', '/v2/images'], [200, 'GET', `/v2/images/${id}/file`], [300, 'GET', '/'], [302, 'GET', '/v2'], [200, 'GET', '/healthcheck'], [404, 'GET', '/v2/images/none'], [404, 'GET', '/v2/nonesuch'],
      [405, 'PUT', '/v2/images'], [400, 'GET', '/v2/images/%zz'], [401, 'GET', '/v2/images', { 'X-Auth-Token': 'x', 'X-Identity-Status': 'Invalid' }], [431, 'GET', '/v2/images', { 'X-Openstack-Request-Id': 'x'.repeat(65) }],
      [400, 'POST', '/v2/images'],
    ];
    for (const [status, method, path, more] of asked) {
      const answer = await ask(method, path, more);
      expect([path, answer.status, answer.headers.get('access-control-allow-origin'), answer.headers.get('access-control-allow-credentials')]).toEqual([path, status, PAGE, 'true']);
      expect(answer.headers.get('vary')).toContain('Origin');
      expect(answer.headers.get('access-control-expose-headers')).toContain('X-OpenStack-Request-ID');
    }
  });

  it.each(['https://evil.example', 'https://horizon.example.evil', 'HTTPS://horizon.example', 'https://horizon.example:443', 'null', '*', '', `${PAGE}, ${PAGE}`, '"><script>'])(
    'of %p get the answer without any leave', async (Origin) => {
      for (const method of ['GET', 'OPTIONS']) {
        const answer = await ask(method, '/v2/images', { Origin, 'Access-Control-Request-Method': 'GET' });
        expect([answer.status, [...answer.headers.keys()].filter((name) => name.startsWith('access-control-'))]).toEqual([200, []]);
      }
    });

  it('is said once, whoever sends the header twice', async () => {
    const { answer } = await exchange(new URL(server.url), { method: 'GET', target: '/versions', headers: [['Origin', 'https://evil.example'], ['Origin', PAGE]], body: Buffer.alloc(0) });
    expect(answer?.headers.get('access-control-allow-origin')).toBeUndefined();
  });
});

describe('Without an origin that is allowed', () => {
  it('OPTIONS is a method that nothing has, and no page may read anything', async () => {
    const server = await Server.start({ memory: true });
    try {
      const preflight = await fetch(`${server.url}/v2/images`, { method: 'OPTIONS', headers: { origin: PAGE, 'access-control-request-method': 'GET' } });
      expect([preflight.status, preflight.headers.get('allow'), preflight.headers.get('access-control-allow-origin')]).toEqual([405, 'GET, POST', null]);
      expect((await fetch(`${server.url}/v2/images`, { headers: { origin: PAGE } })).headers.get('access-control-allow-origin')).toBeNull();
    } finally {
      await server.dispose();
    }
  }, 60_000);
});
