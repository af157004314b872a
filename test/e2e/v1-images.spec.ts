import { ImageClient } from '../support/image-client.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';
import { Server } from '../support/server.js';
import { FAKEAUTH, TOKENS } from '../support/story.js';
import { FORMATS, imageIn, OCTETS, V1Client } from '../support/v1-client.js';

describe.each([{ memory: true }, { memory: false }])('Images API v1: what is known of images (memory drivers: $memory)', ({ memory }) => {
  let database: TestDatabase | undefined;
  let server: Server;
  let alice: V1Client;
  let bob: V1Client;
  let root: V1Client;
  let v2: ImageClient;
  beforeAll(async () => {
    database = memory ? undefined : await testDatabase();
    server = await Server.start({ memory, conf: `delayed_delete = False\n${FAKEAUTH}${database ? `[database]\nconnection = ${database.url}\n` : ''}` });
    alice = new V1Client(server, TOKENS.alice);
    [bob, root] = [alice.as(TOKENS.bob), alice.as(TOKENS.root)];
    v2 = new ImageClient(server, TOKENS.alice);
  }, 60_000);
  afterAll(async () => {
    await server.dispose();
    await database?.drop();
  });

  it('answers a creation with the document, its place and nothing of where the data is', async () => {
    const answer = await alice.send('POST', '/images', { ...FORMATS, 'x-image-meta-name': 'first', 'x-image-meta-property-Kernel-Id': '12', 'x-image-meta-min_ram': '64' });
    const image = imageIn(answer);
    expect(answer.status).toBe(201);
    expect(answer.headers['location']).toBe(`${server.url}/v1/images/${image.id}`);
    expect(image).toEqual({
      id: image.id, name: 'first', status: 'queued', size: 0, virtual_size: null, disk_format: 'raw', container_format: 'bare', checksum: null, min_disk: 0, min_ram: 64, is_public: false, owner: 'red',
      protected: false, created_at: image['created_at'], updated_at: image['updated_at'], deleted_at: null, deleted: false, properties: { kernel_id: '12' },
    });
    expect(image['created_at']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000000$/);
  });

  it('CVE-2013-1840: tells in headers what it knows, and never where the data is', async () => {
    const { id } = await alice.create({ 'x-image-meta-name': 'höhe', 'x-image-meta-property-os': 'debian 12', 'x-image-meta-property-none': '' }, 'hello');
    for (const method of ['HEAD', 'GET']) {
      const { status, headers, body } = await alice.send(method, `/images/${id}`);
      expect(status).toBe(200);
      expect(headers).toMatchObject({
        'x-image-meta-id': id, 'x-image-meta-name': Buffer.from('höhe').toString('latin1'), 'x-image-meta-status': 'active', 'x-image-meta-size': '5', 'x-image-meta-is_public': 'False', 'x-image-meta-protected': 'False',
        'x-image-meta-deleted': 'False', 'x-image-meta-checksum': '5d41402abc4b2a76b9719d911017c592', etag: '5d41402abc4b2a76b9719d911017c592', 'x-image-meta-property-os': 'debian 12',
      });
      expect(Object.keys(headers).filter((name) => /location|deleted_at|property-none/.test(name))).toEqual([]);
      expect(body.toString()).toBe(method === 'GET' ? 'hello' : '');
    }
  });

  it.each([
    ['x-image-meta-bogus', 'x', 400], ['x-image-meta-size', '-1', 400], ['x-image-meta-size', 'x', 400], ['x-image-meta-size', '', 400], ['x-image-meta-size', '99999999999999999999', 400], ['x-image-meta-min_disk', '-5', 400],
    ['x-image-meta-min_ram', '2147483648', 400], ['x-image-meta-id', 'not-a-uuid', 400], ['x-image-meta-name', 'n'.repeat(256), 400], ['x-image-meta-checksum', 'c'.repeat(33), 400], ['x-image-meta-disk_format', 'nonsense', 400],
    ['x-image-meta-container_format', '', 400], ['x-image-meta-container_format', 'ami', 400], ['x-image-meta-created_at', 'yesterday', 400], ['x-image-meta-created_at', '1899-01-01T00:00:00', 400], ['x-image-meta-store', 'nowhere', 400],
    ['x-image-meta-property-os_glance_x', 'y', 403], ['x-image-meta-property-', 'y', 400], ['x-image-meta-is_public', 'True', 403], ['x-image-meta-location', '', 400], ['x-image-meta-location', 'file:///etc/passwd', 400],
    ['x-glance-api-copy-from', 'swift+config://x', 400],
  ])('refuses %s: %s at creation, and makes nothing', async (header, value, status) => {
    const before = await root.names('?is_public=None&limit=1000');
    expect(await alice.status('POST', '/images', { ...FORMATS, [header]: value })).toBe(status);
    expect(await root.names('?is_public=None&limit=1000')).toEqual(before);
  });

  it('CVE-2015-5251: lets nobody write a status, an id, or times', async () => {
    const { id, ...made } = await alice.create({ 'x-image-meta-status': 'active', 'x-image-meta-created_at': '2001-01-01T00:00:00', 'x-image-meta-deleted': 'True' });
    expect(made).toMatchObject({ status: 'queued', deleted: false, created_at: expect.not.stringMatching(/^2001/) as unknown });
    for (const client of [alice, root]) {
      expect(await client.status('PUT', `/images/${id}`, { 'x-image-meta-status': 'active' })).toBe(403);
      expect(await client.status('PUT', `/images/${id}`, { 'x-image-meta-id': '11111111-1111-4111-8111-111111111111' })).toBe(403);
    }
    expect(await alice.meta(id)).toMatchObject({ 'x-image-meta-status': 'queued' });
  });

  it('gives an image to whom an admin names, and to the caller\'s own project otherwise', async () => {
    const { id } = await alice.create({ 'x-image-meta-owner': 'blue' });
    expect(await alice.meta(id)).toMatchObject({ 'x-image-meta-owner': 'red' });
    expect(await alice.status('PUT', `/images/${id}`, { 'x-image-meta-owner': 'blue' })).toBe(200);
    expect(await alice.meta(id)).toMatchObject({ 'x-image-meta-owner': 'red' });
    expect(await root.status('PUT', `/images/${id}`, { 'x-image-meta-owner': 'blue' })).toBe(200);
    expect(await bob.meta(id)).toMatchObject({ 'x-image-meta-owner': 'blue' });
    expect(await alice.meta(id)).toMatchObject({ ':status': '404' });
    expect((await root.create({ 'x-image-meta-owner': 'green' }))['owner']).toBe('green');
  });

  it('never gives an id twice, nor believes who a client says it is', async () => {
    const { id } = await alice.create();
    expect(await alice.status('POST', '/images', { ...FORMATS, 'x-image-meta-id': id.toUpperCase() })).toBe(409);
    expect(await bob.status('GET', `/images/${id}`, { 'x-roles': 'admin', 'x-tenant-id': 'red', 'x-identity-status': 'Confirmed' })).toBe(404);
  });

  it('replaces all properties with a PUT, unless it is told not to', async () => {
    const { id } = await alice.create({ 'x-image-meta-property-a': '1', 'x-image-meta-property-b': '2' });
    const put = async (headers: Record<string, string>) => imageIn(await alice.send('PUT', `/images/${id}`, headers)).properties;
    expect(await put({ 'x-image-meta-property-c': '3', 'x-glance-registry-purge-props': 'false' })).toEqual({ a: '1', b: '2', c: '3' });
    expect(await put({ 'x-image-meta-property-b': '4' })).toEqual({ b: '4' });
    expect(await put({ 'x-image-meta-name': 'renamed' })).toEqual({});
    expect(await alice.meta(id)).toMatchObject({ 'x-image-meta-name': 'renamed' });
  });

  it('keeps size and checksum of what is active, but for an admin', async () => {
    const { id } = await alice.create({}, 'hello');
    expect(await alice.status('PUT', `/images/${id}`, { 'x-image-meta-size': '6' })).toBe(403);
    expect(await alice.status('PUT', `/images/${id}`, { 'x-image-meta-checksum': 'x' })).toBe(403);
    expect(await alice.status('PUT', `/images/${id}`, { 'x-image-meta-size': '5', 'x-image-meta-min_disk': '3', ...FORMATS })).toBe(200);
    expect(await alice.status('PUT', `/images/${id}`, { 'x-image-meta-disk_format': 'iso' })).toBe(403);
    expect(await alice.meta(id)).toMatchObject({ 'x-image-meta-size': '5', 'x-image-meta-min_disk': '3' });
  });

  it('lets nobody change or remove what is another\'s, told by whether it can be seen', async () => {
    const mine = await alice.create();
    const open = await root.create({ 'x-image-meta-is_public': 'True', 'x-image-meta-name': 'open' });
    expect([await bob.status('PUT', `/images/${mine.id}`, { 'x-image-meta-name': 'x' }), await bob.status('DELETE', `/images/${mine.id}`)]).toEqual([404, 404]);
    expect([await bob.status('PUT', `/images/${open.id}`, { 'x-image-meta-name': 'x' }), await bob.status('DELETE', `/images/${open.id}`)]).toEqual([403, 403]);
    expect(await bob.meta(open.id)).toMatchObject({ 'x-image-meta-name': 'open', 'x-image-meta-is_public': 'True' });
  });

  it('deletes with 200; admins see what is deleted, and nobody its data', async () => {
    const { id } = await alice.create({ 'x-image-meta-protected': 'True' }, 'hello');
    expect(await alice.status('DELETE', `/images/${id}`)).toBe(403);
    expect(await alice.status('PUT', `/images/${id}`, { 'x-image-meta-protected': 'False' })).toBe(200);
    const { status, body } = await alice.send('DELETE', `/images/${id}`);
    expect([status, body.length]).toEqual([200, 0]);
    expect(await alice.meta(id)).toMatchObject({ ':status': '404' });
    expect(await root.meta(id)).toMatchObject({ ':status': '200', 'x-image-meta-status': 'deleted', 'x-image-meta-deleted': 'True' });
    for (const client of [alice, root]) expect([await client.status('GET', `/images/${id}`), await client.status('DELETE', `/images/${id}`)]).toEqual([404, 404]);
    expect(await root.status('PUT', `/images/${id}`, { 'x-image-meta-name': 'x' })).toBe(403);
  });

  it('seed 38: is of the same images as version 2, whatever it has no word for', async () => {
    const made = await alice.create({ 'x-image-meta-name': 'by v1', 'x-image-meta-property-empty': '' }, 'hello');
    expect(await v2.show(made.id)).toMatchObject({ name: 'by v1', visibility: 'shared', status: 'active', size: 5, empty: '', os_hash_algo: 'sha512' });
    for (const more of [{ visibility: 'private' }, { visibility: 'community' }, { os_hidden: true }, { tags: ['t'] }, { 'a b': 'odd\nname' }, { name: 'line\r\nbreak' }]) {
      const { id } = await v2.create(more);
      expect(await alice.meta(id)).toMatchObject({ ':status': '200', 'x-image-meta-is_public': 'False', 'x-image-meta-status': 'queued' });
      expect((await alice.send('GET', '/images/detail')).status).toBe(200);
    }
    const { id } = await v2.create({ visibility: 'community', name: 'for all' });
    expect(await bob.meta(id)).toMatchObject({ 'x-image-meta-name': 'for all' });
    expect(await bob.names()).not.toContain('for all');
    expect(await alice.status('PUT', `/images/${id}`, { 'x-image-meta-is_public': 'False' })).toBe(200);
    expect((await v2.show(id))['visibility']).toBe('community');
  });

  it('is refused to whoever nobody knows, and says 405 and 404 where there is nothing to do', async () => {
    expect(await alice.as('').status('GET', '/images', { 'x-identity-status': 'Invalid', 'x-auth-token': '' })).toBe(401);
    expect(await alice.status('GET', '/nonesuch')).toBe(404);
    const { status, headers } = await alice.send('HEAD', '/images/detail');
    expect([status, headers['allow']]).toEqual([405, 'GET']);
    expect(await alice.status('GET', '/images/not-an-id')).toBe(404);
    expect(await alice.status('POST', '/images', { ...FORMATS, ...OCTETS, 'x-image-meta-location': 'http://127.0.0.1/x' }, 'both')).toBe(400);
  });
});
