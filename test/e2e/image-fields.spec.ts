import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { ImageClient } from '../support/image-client.js';
import { run } from '../support/run.js';
import { Server } from '../support/server.js';

const READ_ONLY = ['status', 'size', 'virtual_size', 'checksum', 'created_at', 'updated_at', 'os_hash_algo', 'os_hash_value', 'self', 'file', 'schema', 'direct_url'];
const RESERVED = ['location', 'deleted', 'deleted_at', 'os_glance_import_task', 'os_glance_stage_host', 'os_glance_anything'];
const DISK_FORMATS = ['ami', 'ari', 'aki', 'vhd', 'vhdx', 'vmdk', 'raw', 'qcow2', 'vdi', 'iso', 'ploop', null];
const CONTAINER_FORMATS = ['ami', 'ari', 'aki', 'bare', 'ovf', 'ova', 'docker', 'compressed', null];

describe.each([{ memory: false }, { memory: true }])('Fields of images (memory drivers: $memory)', ({ memory }) => {
  let server: Server;
  let client: ImageClient;
  beforeAll(async () => {
    server = await Server.start({ memory, conf: 'image_property_quota = 2\n' });
    client = new ImageClient(server);
  }, 60_000);
  afterAll(() => server.dispose());

  const post = (image: object) => client.status('POST', '/v2/images', image);
  const patch = async (id: string, op: string, path: string, value?: unknown) => (await client.patch(id, [{ op, path, value }])).status;

  it.each([...READ_ONLY, ...RESERVED, 'locations'])('%s is the server\'s: no client gives it to a new image', async (name) => {
    expect([name, await post({ [name]: name === 'locations' ? [] : 'x' })]).toEqual([name, 403]);
  });

  it.each(['id', ...READ_ONLY, ...RESERVED, 'extra_properties', 'image_id'])('%s is the server\'s: no client adds, replaces or removes it', async (name) => {
    const { id } = await client.create();
    const before = await client.show(id);
    for (const op of ['add', 'replace', 'remove']) expect([op, await patch(id, op, `/${name}`, 'x')]).toEqual([op, 403]);
    expect(await client.show(id)).toEqual(before);
  });

  it.each(DISK_FORMATS)('disk_format may be %s', async (disk_format) => {
    expect((await client.create({ disk_format })).disk_format).toBe(disk_format);
  });

  it.each(CONTAINER_FORMATS)('container_format may be %s', async (container_format) => {
    expect((await client.create({ container_format })).container_format).toBe(container_format);
  });

  it.each(['public', 'private', 'shared', 'community'])('visibility may be %s, at first and later', async (visibility) => {
    expect((await client.create({ visibility })).visibility).toBe(visibility);
    const { id } = await client.create({ visibility: 'private' });
    expect([await patch(id, 'replace', '/visibility', visibility), (await client.show(id)).visibility]).toEqual([200, visibility]);
  });

  it.each<[string, unknown, number]>([
    ['name', 'x'.repeat(255), 200], ['name', 'x'.repeat(256), 400], ['name', 'a\0b', 400], ['name', 7, 400], ['owner', 'x'.repeat(255), 200], ['owner', 'x'.repeat(256), 400], ['owner', null, 200],
    ['container_format', null, 200], ['container_format', 'nonsense', 400], ['disk_format', 'nonsense', 400], ['disk_format', 'gpt', 400], ['visibility', 'nonsense', 400], ['visibility', null, 400],
    ['min_disk', 2 ** 31 - 1, 200], ['min_disk', 2 ** 31, 400], ['min_disk', -1, 400], ['min_disk', 1.5, 400], ['min_disk', '1', 400], ['min_ram', 2 ** 31 - 1, 200], ['min_ram', null, 400],
    ['protected', true, 200], ['protected', 'true', 400], ['protected', null, 400], ['os_hidden', true, 200], ['os_hidden', 1, 400],
    ['tags', ['x'.repeat(255)], 200], ['tags', ['x'.repeat(256)], 400], ['tags', [7], 400], ['tags', 'x', 400], ['tags', ['a\0b'], 400],
    ['own', 'text', 200], ['own', '', 200], ['own', 7, 400], ['own', true, 400], ['own', ['x'], 400], ['own', {}, 400], ['own', null, 400],
    ['k'.repeat(255), 'x', 200], ['k'.repeat(256), 'x', 400],
    ['kernel_id', null, 200], ['kernel_id', '11111111-2222-4333-8444-555555555555', 200], ['kernel_id', 'none', 400], ['cinder_encryption_key_deletion_policy', 'on_image_deletion', 200],
    ['cinder_encryption_key_deletion_policy', 'sometimes', 400],
  ])('%s as %j, of a new image and by a PATCH: %i', async (name, value, status) => {
    expect(await post({ [name]: value })).toBe(status === 200 ? 201 : status);
    const { id } = await client.create();
    expect(await patch(id, 'add', `/${name}`, value)).toBe(status);
  });

  it('core attributes can be replaced, never removed', async () => {
    const { id } = await client.create();
    for (const name of ['name', 'disk_format', 'container_format', 'visibility', 'protected', 'os_hidden', 'min_disk', 'min_ram', 'owner', 'tags']) {
      expect([name, await patch(id, 'remove', `/${name}`)]).toEqual([name, 403]);
    }
  });

  it('the quota of properties stops new ones, not changes', async () => {
    const { id } = await client.create({ a: '1', b: '2' });
    expect([await patch(id, 'add', '/c', '3'), await patch(id, 'replace', '/a', '4'), await patch(id, 'remove', '/b'), await patch(id, 'add', '/c', '3')]).toEqual([413, 200, 200, 200]);
  });

  it('a document has no place of its data where none is configured to be shown', async () => {
    const { id } = await client.create();
    await client.put(id, 'data');
    const image = await client.show(id);
    for (const name of ['locations', 'direct_url', 'stores']) expect(image).not.toHaveProperty(name);
  });

  it('what is no id finds nothing, however long', async () => {
    for (const id of ['x', '7', 'a-name', 'x'.repeat(36), 'x'.repeat(37), `${'0'.repeat(36)}0`, 'x'.repeat(4000)]) {
      for (const path of ['', '/file', '/members', '/locations']) expect(await client.status('GET', `/v2/images/${id}${path}`)).toBe(404);
      expect(await client.status('DELETE', `/v2/images/${id}`)).toBe(404);
      expect((await client.patch(id, [])).status).toBe(404);
    }
  });
});

describe('Fields that the operator decides', () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'afterimage-fields-'))));
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('are typed and asked for by schema-image.json, and hashed by hashing_algorithm', async () => {
    writeFileSync(join(folder, 'schema-image.json'), '{"properties":{"rack":{"type":["string","null"],"enum":["left","right",null],"description":"Where"}},"required":["rack"]}');
    const server = await Server.start({ memory: true, stateDir: folder, conf: 'hashing_algorithm = sha256\n' });
    const client = new ImageClient(server);
    try {
      expect(await client.status('POST', '/v2/images', {})).toBe(400);
      expect(await client.status('POST', '/v2/images', { rack: 'middle' })).toBe(400);
      const { id } = await client.create({ rack: 'left', kernel_id: 'as I like' });
      expect((await client.patch(id, [{ op: 'replace', path: '/rack', value: 'up' }])).status).toBe(400);
      expect((await client.patch(id, [{ op: 'replace', path: '/rack', value: 'right' }])).status).toBe(200);
      await client.put(id, 'data');
      expect(await client.show(id)).toMatchObject({ rack: 'right', os_hash_algo: 'sha256', os_hash_value: createHash('sha256').update('data').digest('hex') });
      const schema = (await (await client.request('/v2/schemas/image')).json()) as { properties: Record<string, unknown>; required: string[] };
      expect(schema).toMatchObject({ required: ['rack'], properties: { rack: { is_base: false } } });
      expect(schema.properties).not.toHaveProperty('kernel_id');
    } finally {
      await server.dispose();
    }
  }, 60_000);

  it('cannot be what every image has: the server does not start', async () => {
    writeFileSync(join(folder, 'schema-image.json'), '{"min_ram":{"type":"string"}}');
    writeFileSync(join(folder, 'glance-api.conf'), '');
    const ended = await run('node', ['dist/src/main.js', 'serve', '--memory', '--state-dir', folder, '--config-file', join(folder, 'glance-api.conf')]);
    expect(ended.code).not.toBe(0);
    expect(ended.stderr).toContain('min_ram is a property of every image and cannot be defined again');
  }, 60_000);
});
