import { ImageClient } from '../support/image-client.js';
import { Server } from '../support/server.js';

const DEEP = 100_000;
const PATCH = 'application/openstack-images-v2.1-json-patch';
const patch = (...steps: object[]): RequestInit => ({ method: 'PATCH', headers: { 'content-type': PATCH }, body: JSON.stringify(steps) });
const post = (body: string): RequestInit => ({ method: 'POST', body });

describe.each([{ memory: false }, { memory: true }])('Bad input is the client\'s fault (memory drivers: $memory)', ({ memory }) => {
  let server: Server;
  let client: ImageClient;
  let id: string;
  let before: unknown;
  beforeAll(async () => {
    server = await Server.start({ memory });
    client = new ImageClient(server);
    ({ id } = await client.create({ tags: ['t'], hw_x: '1' }));
    before = await client.show(id);
  }, 60_000);
  afterAll(() => server.dispose());

  const refusal = async (path: string, init?: RequestInit) => {
    const answer = await client.request(path.replace('{id}', id), init);
    await answer.arrayBuffer();
    return answer.status;
  };

  it.each<[string, number, RequestInit]>([
    ['/v2/images', 400, post('[]')], ['/v2/images?bogus_min=1', 400, {}], ['/v2/metadefs/namespaces?limit=x', 400, {}], ['/v2/images/{id}', 403, patch({ op: 'add', path: '/extra_properties', value: 'x' })],
    ['/v2/images/{id}', 403, patch({ op: 'replace', path: '/image_id', value: 'x' })], ['/v2/images', 431, { headers: { 'x-openstack-request-id': 'x'.repeat(65) } }],
    ['/v2/images', 403, post('{"os_hash_algo":"sha512"}')],
  ])('ask 31: %s is %i where others fail', async (path, status, init) => {
    expect(await refusal(path, init)).toBe(status);
  });

  it.each([
    ['deep lists', '['.repeat(DEEP) + ']'.repeat(DEEP)], ['deep objects', `${'{"a":'.repeat(DEEP)}1${'}'.repeat(DEEP)}`], ['a deep property', `{"hw_x":${'['.repeat(65)}${']'.repeat(65)}}`],
    ['a deep document without an end', '[{"a":'.repeat(DEEP)], ['NUL in a name', '{"name":"a\\u0000b"}'], ['NUL in a key', '{"a\\u0000b":"x"}'], ['half a pair in a tag', '{"tags":["\\ud83d"]}'],
    ['an endless number', '{"min_disk":1e999}'], ['another prototype', '{"__proto__":{"visibility":"public"}}'], ['two documents', '{}{}'], ['a byte order mark', '\ufeff{}'],
  ])('JSON bombs, NUL in names: %s is no image', async (_what, body) => {
    expect([400, 403]).toContain(await refusal('/v2/images', post(body)));
    expect([400, 403, 415]).toContain(await refusal('/v2/images/{id}', { ...patch(), body: body.startsWith('[') ? body : `[{"op":"replace","path":"/name","value":${body}}]` }));
  });

  it('a body larger than a document can be is refused whole', async () => {
    expect(await refusal('/v2/images', post(`{"name":"${'x'.repeat(1024 * 1024)}"}`))).toBe(413);
  });

  it.each(['/v2/images/{id}/tags/a%00b', '/v2/images/{id}/tags/%ff', '/v2/images/{id}/tags/%ED%A0%80', `/v2/images/{id}/tags/${'x'.repeat(256)}`])('%s is no tag', async (path) => {
    expect(await refusal(path, { method: 'PUT' })).toBe(400);
  });

  it.each(['/v2/images/a%00b', '/v2/images/a%00b/file', '/v2/images/a%00b/members', '/v2/images/{id}/members/a%00b', '/v2/metadefs/namespaces/a%00b', '/v2/images?name=a%00b', '/v2/images?marker=%00'])(
    'NUL in names: %s finds nothing', async (path) => {
      expect([400, 404]).toContain(await refusal(path));
    });

  it('after all of it there is the one image, as it was', async () => {
    expect((await client.list('?visibility=all')).images).toEqual([before]);
  });
});
