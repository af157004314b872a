import { ImageClient } from '../support/image-client.js';
import { exchange } from '../support/raw-http.js';
import { Server } from '../support/server.js';

const NAMESPACE = 'OS::Compute::Watchdog';

/** What takes no body, by images-v2; `I` is an image, `N` a namespace. */
const WITHOUT_BODY = [
  'GET /images/I', 'DELETE /images/I', 'GET /images/I/file', 'GET /images/I/members', 'GET /images/I/members/p', 'DELETE /images/I/members/p', 'GET /images/I/locations',
  'PUT /images/I/tags/t', 'DELETE /images/I/tags/t', 'POST /images/I/actions/deactivate', 'POST /images/I/actions/reactivate', 'DELETE /stores/s/I',
  'GET /info/import', 'GET /info/stores', 'GET /info/stores/detail', 'GET /info/usage',
  'GET /metadefs/resource_types', 'GET /metadefs/namespaces/N', 'DELETE /metadefs/namespaces/N', 'GET /metadefs/namespaces/N/properties', 'POST /metadefs/namespaces/N/tags/t',
  'GET /metadefs/namespaces/N/resource_types', 'DELETE /metadefs/namespaces/N/resource_types/r',
  ...['image', 'images', 'member', 'members', 'task', 'tasks', 'metadefs/namespace', 'metadefs/objects', 'metadefs/property', 'metadefs/resource_types', 'metadefs/tag'].map((name) => `GET /schemas/${name}`),
];

describe.each([{ memory: false }, { memory: true }])('The protocol (memory drivers: $memory)', ({ memory }) => {
  let server: Server;
  let client: ImageClient;
  let image: string;
  beforeAll(async () => {
    server = await Server.start({ memory });
    client = new ImageClient(server);
    image = (await client.create({ name: 'Größe 😀' })).id;
  }, 60_000);
  afterAll(() => server.dispose());

  const send = async (line: string, body: string, headers: [string, string][] = []) => {
    const [method = '', path = ''] = line.replace('/I', `/${image}`).replace('/N', `/${NAMESPACE}`).split(' ');
    const framed: [string, string][] = headers.some(([name]) => name === 'Transfer-Encoding') ? headers : [['Content-Length', String(Buffer.byteLength(body))], ...headers];
    const { answer } = await exchange(new URL(server.url), { method, target: `/v2${path}`, headers: framed, body: Buffer.from(body) });
    if (!answer) throw new Error('no answer');
    return answer;
  };

  it.each(WITHOUT_BODY)('%s expects no body', async (line) => {
    const refused = await send(line, '{}');
    expect([refused.status, refused.body.toString()]).toEqual([400, expect.stringContaining('A body is not expected with this request.')]);
  });

  it.each(WITHOUT_BODY.filter((line) => !line.startsWith('GET')))('%s expects no body in chunks, either, but one that is none is no matter', async (line) => {
    const chunked = await send(line, '2\r\n{}\r\n0\r\n\r\n', [['Transfer-Encoding', 'chunked']]);
    // Glance, too, looks for a chunked body only where the method has one.
    if (!line.startsWith('DELETE')) expect(chunked.status).toBe(400);
    const empty = await send(line, '', [['Content-Type', 'application/octet-stream']]);
    expect(empty.body.toString()).not.toContain('A body is not expected');
    image = (await client.create({ name: 'Größe 😀' })).id;
  });

  it.each(['GET /images', 'GET /metadefs/namespaces'])('%s minds no body', async (line) => {
    expect((await send(line, '{}')).status).toBe(200);
  });

  it('text is UTF-8 as it is, without escapes', async () => {
    const shown = await send(`GET /images/${image}`, '');
    expect([shown.headers.get('content-type'), shown.body.toString('utf8')]).toEqual(['application/json', expect.stringContaining('"name":"Größe 😀"')]);
  });

  it('times have seconds and Z, also of members and namespaces', async () => {
    await client.status('POST', `/v2/images/${image}/members`, { member: 'p' });
    for (const path of [`/images/${image}`, `/images/${image}/members/p`, `/metadefs/namespaces/${NAMESPACE}`]) {
      const document = (await (await client.request(`/v2${path}`)).json()) as Record<string, string>;
      for (const time of [document.created_at, document.updated_at]) expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    }
  });

  it('links inside documents are paths, whatever the host', async () => {
    const made = await client.request('/v2.3/images', { method: 'POST', body: '{}', headers: { host: 'glance.example:80' } });
    const document = (await made.json()) as Record<string, string>;
    expect(document).toMatchObject({ self: `/v2/images/${document.id}`, file: `/v2/images/${document.id}/file`, schema: '/v2/schemas/image' });
    expect(made.headers.get('location')).toMatch(/^http:\/\/[^/]+\/v2\/images\/[0-9a-f-]{36}$/);
  });

  it.each(['0', '1', '2', '3', '4', '5', '6', '7', '9', '15', '17'])('version 2.%s, which is told, leads to the same', async (minor) => {
    const { versions } = (await (await client.request('/versions')).json()) as { versions: { id: string }[] };
    expect(versions.map(({ id }) => id)).toContain(`v2.${minor}`);
    expect(await (await client.request(`/v2.${minor}/images/${image}`)).json()).toEqual(await client.show(image));
  });

  it.each(['8', '10', '13', '14', '16', '18', '19'])('version 2.%s, which is not told with one store and no cache, is none', async (minor) => {
    expect(await client.status('GET', `/v2.${minor}/images`)).toBe(300);
  });
});

describe('With other settings', () => {
  it('the versions are for everybody, by public_endpoint, and nothing else is for who is nobody', async () => {
    const server = await Server.start({ memory: true, conf: 'public_endpoint = https://images.example/glance\n[paste_deploy]\nflavor = noauth\n' });
    const nobody = { headers: { 'x-identity-status': 'Invalid' } };
    try {
      for (const [path, status] of [['/', 300], ['/versions', 200]] as const) {
        const answer = await fetch(server.url + path, nobody);
        expect([answer.status, answer.headers.get('x-openstack-request-id')]).toEqual([status, null]);
        expect(await answer.json()).toHaveProperty('versions.0.links.0.href', 'https://images.example/glance/v2/');
      }
      for (const path of ['/v2/images', '/v2/schemas/image', '/v2/info/import', '/v2/metadefs/namespaces', '/v2/nonesuch']) {
        const refused = await fetch(server.url + path, nobody);
        expect([path, refused.status, refused.headers.get('x-openstack-request-id')]).toEqual([path, 401, null]);
      }
      const made = await fetch(`${server.url}/v2/images`, { method: 'POST', body: '{}' });
      expect(made.headers.get('location')).toMatch(/^https:\/\/images\.example\/glance\/v2\/images\//);
    } finally {
      await server.dispose();
    }
  }, 60_000);
});
