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
    expect((await client.get(path)).body).toEqual({ properties: { ram: expect.objectContaining({ name: 'ram', title: 'CPU' }) as unknown } });
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

  it('has the definitions that clients expect from the start', async () => {
    const types = (await client.get('/resource_types')).body['resource_types'] as { name: string }[];
    expect(types[0]).toEqual({ name: expect.any(String) as string, ...TIMES });
    expect((await client.get('/namespaces?limit=1000&owner=admin')).body['namespaces']).toHaveLength(33);
    expect((await client.get('/namespaces/OS::Compute::Watchdog?resource_type=OS::Glance::Image')).body).toMatchObject({ owner: 'admin', visibility: 'public', properties: { hw_watchdog_action: { type: 'string' } } });
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

  if (!memory) {
    it('does not bring back at the next start what was deleted or changed', async () => {
      const path = '/namespaces/OS::Compute::Watchdog';
      await client.put(path, { namespace: 'OS::Compute::Watchdog', protected: false });
      expect(await client.status('DELETE', path)).toBe(204);
      await client.put('/namespaces/OS::Compute::VTPM', { namespace: 'Renamed' });
      await server.end();
      server = await Server.start({ stateDir: server.stateDir });
      client = new MetadefsClient(server);
      expect([await client.status('GET', path), await client.status('GET', '/namespaces/OS::Compute::VTPM'), await client.status('GET', '/namespaces/Renamed')]).toEqual([404, 404, 200]);
      expect((await client.get('/namespaces?limit=1000&owner=admin')).body['namespaces']).toHaveLength(31);
    }, 60_000);
  }
});

describe('Default metadata definitions', () => {
  it('OSSN-0088: are read by members, written by admins alone, and private namespaces are their owner\'s', async () => {
    const server = await Server.start({ memory: true, conf: '[paste_deploy]\nflavor = noauth\n' });
    const client = new MetadefsClient(server);
    const as = (project: string, roles: string) => ({ 'x-identity-status': 'Confirmed', 'x-user-id': 'u', 'x-tenant-id': project, 'x-roles': roles });
    const status = async (method: string, path: string, headers: Record<string, string>, body?: unknown) => (await client.call(method, path, body, headers)).status;
    const [admin, own, other] = [as('p1', 'admin'), as('p1', 'member,reader'), as('p2', 'member,reader')];
    expect(await status('POST', '/namespaces', admin, { namespace: 'Mine', tags: [{ name: 't' }] })).toBe(201);
    for (const path of ['/namespaces/Mine', '/namespaces/Mine/tags', '/namespaces/Mine/tags/t', '/namespaces/Mine/properties', '/namespaces/Mine/resource_types']) {
      expect([path, await status('GET', path, own), await status('GET', path, other)]).toEqual([path, 200, 404]);
    }
    expect(await status('GET', '/namespaces/OS::Compute::Watchdog', other)).toBe(200);
    expect([await status('POST', '/namespaces', own, { namespace: 'New' }), await status('DELETE', '/namespaces/Mine', own), await status('DELETE', '/namespaces/Mine', other)]).toEqual([403, 403, 404]);
    expect([await status('POST', '/namespaces/Mine/tags/u', own), await status('DELETE', '/namespaces/OS::Compute::Watchdog/properties', other)]).toEqual([403, 403]);
    await server.dispose();
  }, 60_000);

  it('are not there where the operator does not want them', async () => {
    const server = await Server.start({ memory: true, conf: '[metadefs]\nload_defaults = False\n' });
    const client = new MetadefsClient(server);
    expect([(await client.get('/namespaces')).body['namespaces'], (await client.get('/resource_types')).body]).toEqual([[], { resource_types: [] }]);
    await server.dispose();
  }, 60_000);
});
