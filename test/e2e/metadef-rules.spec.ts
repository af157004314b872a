import { MetadefsClient } from '../support/metadefs-client.js';
import { Server } from '../support/server.js';

type Body = Record<string, unknown>;

/** images-v2 §18: what stands in its table beside the plain story of each definition. */
describe.each([{ memory: false }, { memory: true }])('Rules of metadata definitions (memory drivers: $memory)', ({ memory }) => {
  let server: Server;
  let client: MetadefsClient;
  beforeAll(async () => {
    server = await Server.start({ memory, conf: '[metadefs]\nload_defaults = False\n' });
    client = new MetadefsClient(server);
    for (const [namespace, visibility, types] of [['A', 'public', ['T1']], ['B', 'private', ['T1', 'T2']], ['C', 'public', []]] as const) {
      const associations = types.map((name) => ({ name }));
      await client.post('/namespaces', { namespace, visibility, resource_type_associations: associations, tags: [{ name: 't' }], objects: [{ name: 'o' }], properties: { p: { title: 'P', type: 'string' } } });
    }
  }, 60_000);
  afterAll(() => server.dispose());

  const names = async (query: string) => ((await client.get(`/namespaces${query}`)).body['namespaces'] as { namespace: string }[]).map(({ namespace }) => namespace).toSorted();

  it.each([
    ['', ['A', 'B', 'C']], ['?visibility=public', ['A', 'C']], ['?visibility=private', ['B']], ['?resource_types=T2', ['B']], ['?resource_types=T1,T2', ['A', 'B']], ['?resource_types=none', []],
    ['?owner=none', []], ['?limit=0', []], ['?sort_key=namespace&sort_dir=asc&marker=A', ['B', 'C']], ['?unknown=x', ['A', 'B', 'C']],
  ])('a list of namespaces with %j has %j', async (query, expected) => {
    expect(await names(query)).toEqual(expected);
  });

  it('a list of namespaces tells their resource types and nothing else of what they define', async () => {
    const { body } = await client.get('/namespaces?resource_types=T2');
    expect(body).toMatchObject({ first: '/v2/metadefs/namespaces?resource_types=T2', schema: '/v2/schemas/metadefs/namespaces' });
    const [listed] = body['namespaces'] as Body[];
    expect(listed).toMatchObject({ resource_type_associations: [{ name: 'T1' }, { name: 'T2' }] });
    for (const kind of ['properties', 'objects', 'tags']) expect(listed).not.toHaveProperty(kind);
  });

  it.each<[string, string, Body, readonly string[]]>([
    ['POST', '/namespaces', { namespace: 'N' }, ['self', 'schema', 'created_at', 'updated_at']], ['PUT', '/namespaces/A', { namespace: 'A' }, ['self', 'schema', 'created_at', 'updated_at']],
    ['POST', '/namespaces/A/objects', { name: 'n' }, ['self', 'schema', 'created_at', 'updated_at']], ['PUT', '/namespaces/A/objects/o', { name: 'o' }, ['self', 'schema', 'created_at', 'updated_at']],
    ['POST', '/namespaces/A/properties', { name: 'n', title: 'N', type: 'string' }, ['created_at', 'updated_at']], ['PUT', '/namespaces/A/tags/t', { name: 't' }, ['created_at', 'updated_at']],
    ['POST', '/namespaces/A/resource_types', { name: 'T9' }, ['created_at', 'updated_at']],
  ])('%s %s takes nothing that is the server\'s', async (method, path, body, forbidden) => {
    for (const key of forbidden) expect([key, await client.status(method, path, { ...body, [key]: '2020-01-01T00:00:00Z' })]).toEqual([key, 403]);
  });

  it.each<[Body, number]>([
    [{ namespace: 'x'.repeat(80) }, 201], [{ namespace: 'x'.repeat(81) }, 400], [{}, 400], [{ namespace: 'D', display_name: 'x'.repeat(80), description: 'x'.repeat(500) }, 201],
    [{ namespace: 'E', display_name: 'x'.repeat(81) }, 400], [{ namespace: 'E', description: 'x'.repeat(501) }, 400], [{ namespace: 'E', visibility: 'shared' }, 400], [{ namespace: 'E', protected: 'yes' }, 400],
    [{ namespace: 'A' }, 409],
  ])('a namespace as %j is %i', async (body, status) => {
    expect(await client.status('POST', '/namespaces', body)).toBe(status);
  });

  it('all of a kind go at once, and the others stay', async () => {
    const path = '/namespaces/C';
    for (const [kind, empty] of [['properties', {}], ['objects', []], ['tags', []]] as const) {
      expect(await client.status('DELETE', `${path}/${kind}`)).toBe(204);
      expect((await client.get(`${path}/${kind}`)).body[kind]).toEqual(empty);
      expect(await client.status('DELETE', `${path}/${kind}`)).toBe(204);
    }
    expect(await client.status('GET', path)).toBe(200);
    expect((await client.get('/namespaces/A/properties')).body).toMatchObject({ properties: { p: { title: 'P' } } });
  });

  it.each(['/namespaces/none', '/namespaces/A/properties/none', '/namespaces/A/objects/none', '/namespaces/A/tags/none', '/namespaces/none/properties', '/namespaces/none/objects', '/namespaces/none/tags', '/namespaces/none/resource_types'])(
    '%s is not found', async (path) => expect(await client.status('GET', path)).toBe(404));

  it('tags are the same in any case', async () => {
    expect(await client.status('POST', '/namespaces/A/tags/T')).toBe(409);
    expect(await client.status('GET', '/namespaces/A/tags/T')).toBe(200);
  });

  it.each([
    ['array', { items: { type: 'string', enum: ['a'] }, maxItems: 3, minItems: 1, uniqueItems: true, additionalItems: false }], ['boolean', { default: true }], ['integer', { minimum: 1, maximum: 2 }],
    ['number', { minimum: 1 }], ['string', { maxLength: 9, minLength: 1, pattern: '^a', enum: ['a'], operators: ['<or>'], description: 'd', readonly: true }],
  ])('a property of the type %s keeps all its fields and shows no others', async (type, fields) => {
    const path = '/namespaces/B/properties';
    const asked: Body = { name: `p-${type}`, title: 'T', type, ...fields };
    expect((await client.post(path, asked)).status).toBe(201);
    const shown = (await client.get(`${path}/p-${type}`)).body;
    expect(Object.keys(shown).toSorted()).toEqual(Object.keys(asked).toSorted());
    expect(shown).toMatchObject({ ...asked, ...('default' in asked ? { default: expect.anything() as unknown } : {}) });
  });

  it.each([{}, { title: 'T', type: 'string' }, { name: 'n', title: 'T' }, { name: 'n', type: 'string' }, { name: 'n', title: 'T', type: 'nonsense' }, { name: 'n', title: 'T', type: 'integer', minimum: 'x' }])(
    '%j is no property', async (body) => expect(await client.status('POST', '/namespaces/A/properties', body)).toBe(400));
});
