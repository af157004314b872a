import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../support/eventually.js';
import { ImageClient, type Document } from '../support/image-client.js';
import { Origin } from '../support/origin.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';
import { Server } from '../support/server.js';

const OCTETS = { 'content-type': 'application/octet-stream' };
const DATA = Buffer.alloc(100_000, 'image data ');

describe.each([{ memory: false }, { memory: true }])('Imports (memory drivers: $memory)', ({ memory }) => {
  let folder: string;
  let origin: Origin;
  let database: TestDatabase | undefined;
  let server: Server;
  let client: ImageClient;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'afterimage-import-'));
    origin = await Origin.start();
    origin.files.set('/disk', DATA);
    database = memory ? undefined : await testDatabase();
    server = await Server.start({
      memory,
      conf: [
        'enabled_backends = fast:file,cheap:file,full:file,web:http', 'enabled_import_methods = [glance-direct,web-download,glance-download,copy-image]', 'image_size_cap = 1000000',
        `node_staging_uri = file://${folder}/staging`,
        '[glance_store]', 'default_backend = fast', '[fast]', `filesystem_store_datadir = ${folder}/fast`, '[cheap]', `filesystem_store_datadir = ${folder}/cheap`,
        '[full]', `filesystem_store_datadir = ${folder}/full`, '[paste_deploy]', 'flavor = fakeauth', '[image_import_opts]', 'max_parallel_stores = 2',
        '[import_filtering_opts]', 'allowed_hosts = 127.0.0.1', 'allowed_ports = ', database ? `[database]\nconnection = ${database.url}` : '',
      ].join('\n'),
    });
    client = new ImageClient(server, 'u:p:member,reader');
  }, 60_000);
  afterAll(async () => {
    await server.dispose();
    await database?.drop();
    await origin.close();
    rmSync(folder, { recursive: true });
  }, 60_000);

  const root = () => client.as('root:ops:admin,member,reader');
  const stage = (id: string, body: string | Buffer = DATA) => client.status('PUT', `/v2/images/${id}/stage`, body, OCTETS);
  const ask = (id: string, body: unknown, as = client, headers: Record<string, string> = {}) => as.status('POST', `/v2/images/${id}/import`, body, { 'content-type': 'application/json', ...headers });
  const by = (name: string, more: Record<string, unknown> = {}) => ({ method: { name, ...(name === 'web-download' ? { uri: `${origin.url}/disk` } : {}) }, ...more });
  const tasks = async (id: string) => ((await (await root().request(`/v2/images/${id}/tasks`)).json()) as { tasks: Document[] }).tasks;
  const became = async (id: string, status: string) => {
    await eventually(async () => expect(await root().show(id)).toMatchObject({ status, os_glance_importing_to_stores: '' }), 20_000);
    return root().show(id);
  };
  const staged = async (body?: Buffer) => {
    const { id } = await client.create();
    expect(await stage(id, body)).toBe(204);
    return id;
  };
  const bytes = async (id: string) => Buffer.from(await (await client.request(`/v2/images/${id}/file`)).arrayBuffer());
  const inStores = (id: string) => ['staging', 'fast', 'cheap', 'full'].filter((store) => existsSync(join(folder, store, id)));
  const staging = () => (existsSync(join(folder, 'staging')) ? readdirSync(join(folder, 'staging')) : []);
  /** The store `full` takes nothing until it is let. */
  const shut = (mode: number) => (process.getuid?.() === 0 ? undefined : chmodSync(join(folder, 'full'), mode));

  it('are offered by name, at creation too', async () => {
    expect(await (await client.request('/v2/info/import')).json()).toEqual({ 'import-methods': { description: 'Import methods available.', type: 'array', value: ['glance-direct', 'web-download', 'glance-download', 'copy-image'] } });
    const answer = await client.request('/v2/images', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
    expect(answer.headers.get('openstack-image-import-methods')).toBe('glance-direct,web-download,glance-download,copy-image');
  });

  describe('what is staged', () => {
    it('waits with its size, and is not there for others', async () => {
      const id = await staged();
      expect(await client.show(id)).toMatchObject({ status: 'uploading', size: DATA.length, checksum: null });
      expect(await client.show(id)).not.toHaveProperty('os_glance_stage_host');
      expect((await client.request(`/v2/images/${id}/file`)).status).toBe(204);
      expect([await stage(id), await client.status('PUT', `/v2/images/${id}/file`, 'data', OCTETS)]).toEqual([409, 409]);
    });

    it('is refused by kind, by right and by size, and nothing stays of it', async () => {
      const { id } = await client.create();
      expect(await client.status('PUT', `/v2/images/${id}/stage`, 'x', { 'content-type': 'application/json' })).toBe(415);
      expect(await client.as('b:other:member').status('PUT', `/v2/images/${id}/stage`, 'x', OCTETS)).toBe(404);
      expect(await client.as('r:p:reader').status('PUT', `/v2/images/${id}/stage`, 'x', OCTETS)).toBe(403);
      expect(await client.status('PUT', '/v2/images/7b4e9d52-0c1f-4a53-9c37-1f2a3b4c5d6e/stage', 'x', OCTETS)).toBe(404);
      expect(await stage(id, Buffer.alloc(1_000_001))).toBe(413);
      expect(await client.show(id)).toMatchObject({ status: 'queued', size: null });
      expect(staging().filter((name) => name.startsWith(id))).toEqual([]);
      expect(await stage(id, Buffer.alloc(0))).toBe(204);
    });

    it('CVE-2014-5356: is held to image_size_cap also where no length is told', async () => {
      const { id } = await client.create();
      const source = new ReadableStream({
        start(control) {
          for (let i = 0; i < 3; i += 1) control.enqueue(new Uint8Array(500_000));
          control.close();
        },
      });
      const answer = await client.request(`/v2/images/${id}/stage`, { method: 'PUT', headers: OCTETS, body: source, duplex: 'half' } as RequestInit);
      expect([answer.status, (await client.show(id)).status]).toEqual([413, 'queued']);
    });

    it('goes with its image', async () => {
      const id = await staged();
      if (!memory) expect(inStores(id)).toEqual(['staging']);
      expect((await client.delete(id)).status).toBe(204);
      await eventually(async () => expect(inStores(id)).toEqual([]));
    });
  });

  describe('a request', () => {
    it.each<[string, unknown, number]>([
      ['without a method', {}, 400], ['whose method is text', { method: 'glance-direct' }, 400], ['whose method has no name', { method: {} }, 400], ['whose method is a list', { method: [] }, 400],
      ['that is a list', [], 400], ['by a method that is not known', { method: { name: 'ftp' } }, 400], ['by a method with a name that is none', { method: { name: 7 } }, 400],
      ['with all_stores as text', { method: { name: 'web-download' }, all_stores: 'true' }, 400], ['with all_stores_must_succeed as a number', { method: { name: 'web-download' }, all_stores_must_succeed: 1 }, 400],
      ['with stores as text', { method: { name: 'web-download' }, stores: 'fast' }, 400],
      ['by web-download without a uri', { method: { name: 'web-download' } }, 400], ['by web-download of a file', { method: { name: 'web-download', uri: 'file:///etc/passwd' } }, 400],
      ['by web-download of a number', { method: { name: 'web-download', uri: 5 } }, 400],
      ['to a store that is not there', { method: { name: 'web-download', uri: 'http://127.0.0.1:1/' }, stores: ['nowhere'] }, 409],
      ['to a store that only reads', { method: { name: 'web-download', uri: 'http://127.0.0.1:1/' }, stores: ['web'] }, 409],
      ['to all stores and some', { method: { name: 'web-download', uri: 'http://127.0.0.1:1/' }, stores: ['fast'], all_stores: true }, 400],
      ['of what was never staged', { method: { name: 'glance-direct' } }, 409], ['of a copy of nothing', { method: { name: 'copy-image' } }, 409],
      ['by glance-download without a region', { method: { name: 'glance-download' } }, 400],
      ['by glance-download of an id that is none', { method: { name: 'glance-download', glance_region: 'r', glance_image_id: 'x' } }, 400],
    ])('%s is refused', async (_, body, status) => {
      const { id } = await client.create();
      expect(await ask(id, body)).toBe(status);
      expect(await client.show(id)).toMatchObject({ status: 'queued' });
    });

    it('says what clients look for', async () => {
      const { id } = await client.create();
      const text = async (method: object) => (await client.request(`/v2/images/${id}/import`, { method: 'POST', body: JSON.stringify({ method }) })).text();
      expect(await text({ name: 'web-download', uri: 'http://169.254.169.254/' })).toContain('URI for web-download does not pass filtering: http://169.254.169.254/');
      expect(await text({ name: 'glance-download', glance_region: 'r', glance_image_id: 'x' })).toContain('image id does not look like a UUID');
    });

    it('is for those who may change the image, which must have formats and be in no other import', async () => {
      const { id } = await client.create();
      expect(await ask(id, by('web-download'), client.as('b:other:member'))).toBe(404);
      expect(await ask(id, by('web-download'), client.as('r:p:reader'))).toBe(403);
      expect(await ask('7b4e9d52-0c1f-4a53-9c37-1f2a3b4c5d6e', by('web-download'))).toBe(404);
      const bare = (await (await client.request('/v2/images', { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } })).json()) as Document;
      expect(await ask(bare.id, by('web-download'))).toBe(409);
      expect(await ask(id, by('web-download'), client, { 'x-image-meta-store': 'fast' })).toBe(202);
      expect(await ask(id, by('web-download'))).toBe(409);
      await became(id, 'active');
    });
  });

  it.each([['glance-direct', undefined, 'fast'], ['glance-direct', ['cheap'], 'cheap'], ['web-download', ['cheap', 'fast', 'cheap'], 'cheap,fast']] as const)('by %s to %j end with the data there and nowhere else', async (method, stores, shown) => {
    const { id } = await client.create();
    if (method === 'glance-direct') expect(await stage(id)).toBe(204);
    const answer = await client.request(`/v2/images/${id}/import`, { method: 'POST', body: JSON.stringify(by(method, stores ? { stores } : {})) });
    expect([answer.status, await answer.text()]).toEqual([202, '']);
    const image = await became(id, 'active');
    expect(image).toMatchObject({ size: DATA.length, virtual_size: DATA.length, os_hash_algo: 'sha512', os_glance_failed_import: '' });
    expect(String(image['stores']).split(',').toSorted().join()).toBe(shown);
    expect(image).not.toHaveProperty('os_glance_import_task');
    expect((await bytes(id)).equals(DATA)).toBe(true);
    expect(inStores(id).toSorted()).toEqual(shown.split(','));
    expect(staging().filter((name) => name.startsWith(id))).toEqual([]);
    expect(await tasks(id)).toMatchObject([{ type: 'api_image_import', status: 'success', request_id: answer.headers.get('x-openstack-request-id'), image_id: id, message: '' }]);
  });

  it('to all stores reach every one that takes data', async () => {
    const { id } = await client.create();
    expect(await ask(id, by('web-download', { all_stores: true }))).toBe(202);
    expect(String((await became(id, 'active'))['stores']).split(',').toSorted()).toEqual(['cheap', 'fast', 'full']);
  });

  it('by copy-image bring an image to the stores that it is not in, when an admin asks', async () => {
    const { id } = await client.create();
    expect((await client.put(id, DATA)).status).toBe(204);
    expect(await ask(id, by('copy-image', { stores: ['cheap'] }))).toBe(403);
    expect(await ask(id, by('copy-image', { stores: ['fast'] }), root())).toBe(400);
    expect(await ask(id, by('copy-image', { stores: ['cheap'] }), root())).toBe(202);
    await eventually(async () => expect((await root().show(id))['stores']).toBe('fast,cheap'));
    expect(await ask(id, by('copy-image', { all_stores: true }), root())).toBe(202);
    await eventually(async () => expect(inStores(id)).toEqual(['fast', 'cheap', 'full']));
    await eventually(async () => expect((await tasks(id)).map(({ status }) => status)).toEqual(['success', 'success']));
    expect(await ask(id, by('copy-image', { all_stores: true }), root())).toBe(202);
    expect(await tasks(id)).toHaveLength(2);
  });

  it('that a source fails leave the image queued, the reason in the task, and no byte', async () => {
    const { id } = await client.create();
    const body = { method: { name: 'web-download', uri: `${origin.url}/missing` }, stores: ['fast', 'cheap'] };
    expect(await ask(id, body)).toBe(202);
    const image = await became(id, 'queued');
    expect(image).toMatchObject({ size: null, os_glance_failed_import: 'cheap,fast' });
    expect((await tasks(id))[0]).toMatchObject({ status: 'failure', message: expect.stringContaining('404') as string });
    expect([inStores(id), staging().filter((name) => name.startsWith(id))]).toEqual([[], []]);
    expect(await ask(id, by('web-download', { stores: ['fast'] }))).toBe(202);
    expect(await became(id, 'active')).toMatchObject({ os_glance_failed_import: 'cheap' });
  });

  it('of data that is not what the image says fail with both names', async () => {
    const disk = join(folder, 'disk.qcow2');
    execFileSync('qemu-img', ['create', '-f', 'qcow2', disk, '1M'], { stdio: 'pipe' });
    const id = await staged(readFileSync(disk));
    expect(await ask(id, by('glance-direct'))).toBe(202);
    expect(await became(id, 'active')).toMatchObject({ disk_format: 'raw' });
    const { id: other } = await client.create({ disk_format: 'qcow2' });
    expect([await stage(other, DATA), await ask(other, by('glance-direct'))]).toEqual([204, 202]);
    await became(other, 'queued');
    expect((await tasks(other))[0]).toMatchObject({ status: 'failure', message: expect.stringMatching(/qcow2.*raw/) as string });
    expect(inStores(other)).toEqual([]);
  });

  it('of an image that is deleted meanwhile end, and nothing of it stays', async () => {
    origin.files.set('/slow', DATA);
    origin.stalling.add('GET /slow');
    const { id } = await client.create();
    expect(await ask(id, { method: { name: 'web-download', uri: `${origin.url}/slow` } })).toBe(202);
    await eventually(async () => expect(origin.requests).toContain('GET /slow'));
    expect((await client.show(id)).status).toBe('importing');
    expect((await client.show(id))['os_glance_import_task']).toBe((await tasks(id))[0]?.id);
    expect((await client.delete(id)).status).toBe(204);
    await eventually(async () => expect([inStores(id), staging().filter((name) => name.startsWith(id))]).toEqual([[], []]), 20_000);
  }, 30_000);

  it('that one store of several refuses go on without it where that is allowed, else are undone', async () => {
    if (process.getuid?.() === 0) rmSync(join(folder, 'full'), { recursive: true });
    else shut(0o500);
    const [lenient, strict] = [await staged(), await staged()];
    expect(await ask(lenient, by('glance-direct', { stores: ['fast', 'full'], all_stores_must_succeed: false }))).toBe(202);
    expect(await became(lenient, 'active')).toMatchObject({ stores: 'fast', os_glance_failed_import: 'full' });
    expect(await ask(strict, by('glance-direct', { stores: ['fast', 'full'] }))).toBe(202);
    expect(await became(strict, 'queued')).toMatchObject({ os_glance_failed_import: expect.stringContaining('full') as string });
    expect([inStores(strict), (await tasks(strict))[0]?.status]).toEqual([[], 'failure']);
    expect(readFileSync(join(folder, 'fast', lenient)).equals(DATA)).toBe(true);
  });
});
