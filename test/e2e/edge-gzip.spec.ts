import { gunzipSync } from 'node:zlib';
import { ImageClient } from '../support/image-client.js';
import { exchange } from '../support/raw-http.js';
import { Server } from '../support/server.js';

describe('JSON', () => {
  let server: Server;
  let client: ImageClient;
  let id: string;
  beforeAll(async () => {
    server = await Server.start({ memory: true });
    client = new ImageClient(server);
    id = (await client.create({ name: 'Größe 😀' })).id;
    await client.put(id, 'x'.repeat(10_000));
    for (let more = 0; more < 30; more += 1) await client.create();
  }, 60_000);
  afterAll(() => server.dispose());

  const ask = async (method: string, target: string, headers: Record<string, string> = {}) => {
    const { answer, next } = await exchange(new URL(server.url), { method, target, headers: Object.entries(headers), body: Buffer.alloc(0) });
    if (!answer) throw new Error('no answer');
    expect(next?.status).toBe(200);
    return answer;
  };

  it.each(['/v2/images?limit=30', '/v2/schemas/image', '/openapi.json', '/versions', '/v2/images?name=none', '/v2/images/nonesuch'])('of %s is compressed for who asks, to the same text', async (path) => {
    const headers = { Accept: 'application/json' };
    const [plain, compressed] = [await ask('GET', path, headers), await ask('GET', path, { ...headers, 'Accept-Encoding': 'gzip, deflate' })];
    expect(plain.headers.get('content-encoding')).toBeUndefined();
    expect([compressed.status, compressed.headers.get('content-type')]).toEqual([plain.status, plain.headers.get('content-type')]);
    expect(compressed.headers.get('content-encoding')).toBe('gzip');
    expect(Number(compressed.headers.get('content-length'))).toBe(compressed.body.length);
    expect(gunzipSync(compressed.body).toString()).toBe(plain.body.toString());
    expect([plain.headers.get('vary'), compressed.headers.get('vary')]).toEqual(['Accept-Encoding', 'Accept-Encoding']);
    if (plain.body.length > 2000) expect(compressed.body.length).toBeLessThan(plain.body.length / 2);
  });

  it.each(['identity', 'gzip;q=0', 'br', 'gzip;q=0.1, identity', '*;q=0', 'gzip;;', 'gzip;q=9', '\u00ff', ',;=,', '"gzip"', ''])('stays as it is for Accept-Encoding: %p', async (accepted) => {
    const answer = await ask('GET', '/v2/images', { 'Accept-Encoding': accepted });
    expect([answer.status, answer.headers.get('content-encoding')]).toEqual([200, undefined]);
    expect(JSON.parse(answer.body.toString())).toHaveProperty('images');
  });

  it('stays as it is for an Accept-Encoding of thousands of letters or items', async () => {
    for (const accepted of ['gzip'.repeat(2500), `${'a, '.repeat(3000)}gzip;q=0`]) expect((await ask('GET', '/v2/images', { 'Accept-Encoding': accepted })).headers.get('content-encoding')).toBeUndefined();
  });

  it('alone is compressed: never the bytes of an image, never an answer without a body', async () => {
    const gzip = { 'Accept-Encoding': 'gzip' };
    const bytes = await ask('GET', `/v2/images/${id}/file`, gzip);
    expect([bytes.headers.get('content-encoding'), bytes.headers.get('content-length'), bytes.body.toString()]).toEqual([undefined, '10000', 'x'.repeat(10_000)]);
    expect([bytes.headers.get('vary'), bytes.headers.get('content-md5')]).toEqual([undefined, expect.any(String)]);
    const part = await ask('GET', `/v2/images/${id}/file`, { ...gzip, Range: 'bytes=0-4' });
    expect([part.status, part.headers.get('content-encoding'), part.body.toString()]).toEqual([206, undefined, 'xxxxx']);
    for (const [method, path] of [['PUT', `/v2/images/${id}/tags/x`], ['HEAD', '/healthcheck'], ['DELETE', `/v2/images/${id}/tags/x`]] as const) {
      const empty = await ask(method, path, gzip);
      expect([empty.status, empty.headers.get('content-encoding'), empty.body.length]).toEqual([204, undefined, 0]);
    }
    expect((await ask('GET', '/healthcheck', gzip)).headers.get('content-encoding')).toBeUndefined();
  });

  it('is whole for many at once', async () => {
    const lists = await Promise.all(Array.from({ length: 40 }, () => client.list('?limit=30')));
    expect(lists.every(({ images }) => images.length === 30)).toBe(true);
  });
});

describe('[gzip]', () => {
  it.each([['enabled = False', undefined], ['min_size = 100000', undefined], ['min_size = 10', 'gzip']])('%s is obeyed', async (line, encoding) => {
    const server = await Server.start({ memory: true, conf: `[gzip]\n${line}\n` });
    try {
      const { answer } = await exchange(new URL(server.url), { method: 'GET', target: '/v2/images', headers: [['Accept-Encoding', 'gzip']], body: Buffer.alloc(0) });
      expect([answer?.status, answer?.headers.get('content-encoding')]).toEqual([200, encoding]);
    } finally {
      await server.dispose();
    }
  }, 60_000);
});
