import { MetadefsClient } from '../support/metadefs-client.js';
import { Server } from '../support/server.js';

const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as string;
const TIMES = { created_at: TIME, updated_at: TIME };
const PROPERTY = { name: 'cpu', title: 'CPU', type: 'integer', default: 100, minimum: 100, readonly: false };

describe.each([{ memory: false }, { memory: true }])('Metadata definitions over HTTP (memory drivers: $memory)', ({ memory }) => {
  let server: Server;
  let client: MetadefsClient;
  let counter = 0;
  beforeAll(async () => {
    server = await Server.start({ memory });
    client = new MetadefsClient(server);
  }, 60_000);
  afterAll(() => server.dispose());

  const created = async (more: Record<string, unknown> = {}): Promise<string> => {
    const namespace = `E2E::N${(counter += 1)}`;
    expect((await client.post('/namespaces', { namespace, visibility: 'public', ...more })).status).toBe(201);
    return namespace;
  };

  it('answers a new namespace with 201, where it is, and nothing that nobody said', async () => {
    const { status, location, body } = await client.post('/namespaces', { namespace: 'E2E::A b', display_name: 'D', owner: 'p1' });
    expect({ status, location }).toEqual({ status: 201, location: `${server.url}/v2/metadefs/namespaces/E2E::A%20b` });
    expect(body).toEqual({
      namespace: 'E2E::A b', display_name: 'D', visibility: 'private', protected: false, owner: 'p1', ...TIMES,
      self: '/v2/metadefs/namespaces/E2E::A b', schema: '/v2/schemas/metadefs/namespace',
    });
    expect((await client.get('/namespaces/E2E::A%20b')).body).toEqual(body);
  });

  it('creates a namespace with all that it defines, and shows it, for a resource type with its prefix', async () => {
    const { name: _name, ...schema } = PROPERTY;
    const namespace = await created({
      resource_type_associations: [{ name: 'E2E::Type', prefix: 'hw_' }], properties: { cpu: schema },
      objects: [{ name: 'o', required: ['x'], properties: { x: { title: 'X', type: 'string' } } }], tags: [{ name: 't1' }, { name: 't2' }],
    });
    const link = `/v2/metadefs/namespaces/${namespace}`;
    const shown = (await client.get(`/namespaces/${namespace}`)).body;
    expect(shown).toMatchObject({
      resource_type_associations: [{ name: 'E2E::Type', prefix: 'hw_', ...TIMES }],
      properties: { cpu: { type: 'integer', title: 'CPU', default: '100', readonly: false, minimum: 100 } },
      objects: [{ name: 'o', required: ['x'], properties: { x: { title: 'X', type: 'string' } }, ...TIMES, self: `${link}/objects/o`, schema: '/v2/schemas/metadefs/object' }],
      tags: [{ name: 't2' }, { name: 't1' }], self: link,
    });
    const prefixed = (await client.get(`/namespaces/${namespace}?resource_type=E2E::Type`)).body;
    expect(prefixed).toMatchObject({ properties: { hw_cpu: { title: 'CPU' } }, objects: [{ required: ['hw_x'], properties: { hw_x: { title: 'X' } } }] });
    expect((await client.get('/resource_types')).body).toMatchObject({ resource_types: expect.arrayContaining([{ name: 'E2E::Type', ...TIMES }]) as unknown });
  });

  it('gives a name to exactly one of several namespaces created at once', async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => client.post('/namespaces', { namespace: 'E2E::Race' })));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409, 409, 409, 409]);
    expect(await client.status('DELETE', '/namespaces/E2E::Race')).toBe(204);
    expect(await client.status('POST', '/namespaces', { namespace: 'E2E::Race' })).toBe(201);
  });

  it('changes a namespace as a whole: what is not said falls back', async () => {
    const namespace = await created({ description: 'd', protected: true });
    expect((await client.put(`/namespaces/${namespace}`, { namespace: `${namespace}-new` })).body).toMatchObject({ namespace: `${namespace}-new`, visibility: 'private', protected: false });
    expect(await client.status('GET', `/namespaces/${namespace}`)).toBe(404);
    const { body } = await client.get(`/namespaces/${namespace}-new`);
    expect(body).not.toHaveProperty('description');
    expect(await client.status('PUT', `/namespaces/${namespace}-new`, { namespace: await created() })).toBe(409);
  });

  it('takes nothing out of a protected namespace', async () => {
    const namespace = await created({ protected: true, tags: [{ name: 't' }], resource_type_associations: [{ name: 'E2E::Type' }], objects: [{ name: 'o' }], properties: { p: { title: 't', type: 'string' } } });
    for (const path of ['', '/tags', '/tags/t', '/objects', '/objects/o', '/properties', '/properties/p', '/resource_types/E2E::Type']) {
      expect({ path, status: await client.status('DELETE', `/namespaces/${namespace}${path}`) }).toEqual({ path, status: 403 });
    }
  });

  it('defines, shows, renames and removes a property', async () => {
    const path = `/namespaces/${await created({ resource_type_associations: [{ name: 'E2E::Type', prefix: 'hw_' }] })}/properties`;
    const shown = { name: 'cpu', type: 'integer', title: 'CPU', default: '100', readonly: false, minimum: 100 };
    expect(await client.post(path, PROPERTY)).toMatchObject({ status: 201, body: shown });
    expect(await client.status('POST', path, PROPERTY)).toBe(409);
    expect((await client.get(`${path}/cpu`)).body).toEqual(shown);
    expect((await client.get(`${path}/hw_cpu?resource_type=E2E::Type`)).body).toEqual(shown);
    expect(await client.status('GET', `${path}/cpu?resource_type=E2E::Type`)).toBe(404);
    expect(await client.put(`${path}/cpu`, { ...PROPERTY, name: 'ram' })).toMatchObject({ status: 200, body: { name: 'ram' } });
    expect((await client.get(path)).body).toEqual({ properties: { ram: expect.objectContaining({ title: 'CPU' }) as unknown } });
    expect(await client.status('DELETE', `${path}/ram`)).toBe(204);
    expect(await client.status('GET', `${path}/ram`)).toBe(404);
  });

  it('defines, shows, renames and removes an object', async () => {
    const path = `/namespaces/${await created()}/objects`;
    expect(await client.post(path, { name: 'a' })).toMatchObject({ status: 201, body: { name: 'a', ...TIMES } });
    expect((await client.get(`${path}/a`)).body).toMatchObject({ required: [], properties: {}, schema: '/v2/schemas/metadefs/object' });
    expect(await client.put(`${path}/a`, { name: 'b', description: 'd' })).toMatchObject({ status: 200, body: { name: 'b', description: 'd' } });
    expect((await client.get(path)).body).toMatchObject({ objects: [{ name: 'b' }], schema: 'v2/schemas/metadefs/objects' });
    expect([await client.status('GET', `${path}?limit=0`), await client.status('DELETE', path), await client.status('GET', `${path}/b`)]).toEqual([400, 204, 404]);
  });

  it('replaces tags, or appends them, and pages through them by name', async () => {
    const path = `/namespaces/${await created()}/tags`;
    const names = async (query = '') => ((await client.get(`${path}${query}`)).body['tags'] as { name: string }[]).map(({ name }) => name);
    expect(await client.post(path, { tags: [{ name: 'a' }, { name: 'b' }] })).toMatchObject({ status: 201, body: { tags: [{ name: 'a' }, { name: 'b' }] } });
    expect(await client.status('POST', path, { tags: [{ name: 'x' }, { name: 'X' }] })).toBe(409);
    expect((await client.post(path, { tags: [{ name: 'c' }] }, { 'x-openstack-append': 'True' })).status).toBe(201);
    expect(await names()).toEqual(['c', 'b', 'a']);
    expect(await names('?limit=1&marker=c')).toEqual(['b']);
    expect((await client.post(path, { tags: [{ name: 'd' }] })).status).toBe(201);
    expect(await names()).toEqual(['d']);
    expect(await client.post(`${path}/e`)).toMatchObject({ status: 201, body: { name: 'e', ...TIMES } });
    expect(await client.put(`${path}/e`, { name: 'f' })).toMatchObject({ status: 200, body: { name: 'f' } });
    expect([await client.status('GET', `${path}/F`), await client.status('DELETE', `${path}/f`), await client.status('GET', `${path}/f`)]).toEqual([200, 204, 404]);
  });

  it('associates a namespace with a resource type once', async () => {
    const path = `/namespaces/${await created()}/resource_types`;
    const association = { name: 'E2E::Other', prefix: 'o_', properties_target: 'image' };
    expect(await client.post(path, association)).toMatchObject({ status: 201, body: { ...association, ...TIMES } });
    expect(await client.status('POST', path, association)).toBe(409);
    expect((await client.get(path)).body).toMatchObject({ resource_type_associations: [association] });
    expect([await client.status('DELETE', `${path}/E2E::Other`), await client.status('DELETE', `${path}/E2E::Other`)]).toEqual([204, 404]);
  });

  it('pages through the namespaces, newest first, without gap or double', async () => {
    const made: string[] = [];
    for (let i = 0; i < 5; i += 1) made.unshift(await created({ owner: 'pager' }));
    const seen: unknown[] = [];
    let next: string | undefined = '/namespaces?limit=2&owner=pager';
    while (next) {
      const { body } = await client.get(next);
      seen.push(...(body['namespaces'] as { namespace: string }[]).map(({ namespace }) => namespace));
      next = (body['next'] as string | undefined)?.replace('/v2/metadefs', '');
    }
    expect(seen).toEqual(made);
    expect(await client.status('GET', '/namespaces?marker=nonesuch')).toBe(404);
  });

  it('user ask 31: answers bad input with a refusal, never with a failure', async () => {
    const namespace = await created();
    const long = 'x'.repeat(81);
    const bad: [string, string, unknown][] = [
      ...['limit=x', 'limit=-1', 'sort_key=foo', 'sort_dir=x', 'visibility=shared', 'marker=%00'].map((query): [string, string, unknown] => ['GET', `/namespaces?${query}`, undefined]),
      ['GET', `/namespaces/${namespace}/tags?limit=x`, undefined], ['GET', `/namespaces/${namespace}/tags?sort_key=x`, undefined],
      ...['', 'properties', 'objects', 'tags', 'resource_types'].flatMap((kind) => ['[]', '["a"]', '5', 'null', '{', '{"name":"\\u0000"}', '{}x', '['.repeat(50_000)].map((body): [string, string, unknown] =>
        ['POST', kind === '' ? '/namespaces' : `/namespaces/${namespace}/${kind}`, body])),
      ['POST', '/namespaces', { namespace: long }], ['POST', '/namespaces', { namespace: 'a/b' }], ['POST', '/namespaces', { namespace: 'x', owner: 'x'.repeat(256) }],
      ['POST', '/namespaces', { namespace: 'x', tags: [{}] }], ['POST', '/namespaces', { namespace: 'x', objects: [{}] }], ['POST', '/namespaces', { namespace: 'x', resource_type_associations: [{}] }],
      ['POST', `/namespaces/${namespace}/properties`, { name: 'p', type: 'string', title: 't', enum: [null] }],
      ['POST', `/namespaces/${namespace}/properties`, { name: long, type: 'string', title: 't' }], ['POST', `/namespaces/${namespace}/tags/${long}`, undefined],
      ['PUT', `/namespaces/${namespace}`, []], ['PUT', `/namespaces/${namespace}`, {}],
      ['GET', '/namespaces/a%00b', undefined],
    ];
    for (const [method, path, body] of bad) expect({ method, path, body, status: await client.status(method, path, body) }).toEqual({ method, path, body, status: 400 });
    expect(await client.status('POST', '/namespaces', { namespace: 'x', self: 'y' })).toBe(403);
  });

  it('names its schemas as Tempest asserts', async () => {
    const names = {
      namespace: 'namespace', namespaces: 'namespaces', object: 'object', objects: 'objects', property: 'property', properties: 'properties',
      resource_type: 'resource_type_association', resource_types: 'resource_type_associations', tag: 'tag', tags: 'tags',
    };
    for (const [path, name] of Object.entries(names)) {
      const answer = await fetch(`${server.url}/v2/schemas/metadefs/${path}`);
      expect({ path, status: answer.status, name: ((await answer.json()) as { name: string }).name }).toEqual({ path, status: 200, name });
    }
  });
});
