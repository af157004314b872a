import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../support/eventually.js';
import { ImageClient } from '../support/image-client.js';
import { Origin } from '../support/origin.js';
import { Server } from '../support/server.js';

describe.each([{ memory: false }, { memory: true }])('Several stores (memory drivers: $memory)', ({ memory }) => {
  let folder: string;
  let origin: Origin;
  let server: Server;
  let client: ImageClient;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'afterimage-stores-'));
    origin = await Origin.start();
    origin.files.set('/data', Buffer.from('data'));
    server = await Server.start({
      memory,
      conf: [
        'enabled_backends = slow:file,fast:file,web:http', 'show_multiple_locations = True', 'show_image_direct_url = True',
        '[glance_store]', 'default_backend = slow', '[slow]', `filesystem_store_datadir = ${folder}/slow`, 'store_description = the big one',
        '[fast]', `filesystem_store_datadir = ${folder}/fast`, 'weight = 10', '[web]', 'weight = 5',
        '[paste_deploy]', 'flavor = fakeauth', '[import_filtering_opts]', 'allow_private_addresses = True', `allowed_ports = ${new URL(origin.url).port}`, '',
      ].join('\n'),
    });
    client = new ImageClient(server);
  }, 60_000);
  afterAll(async () => {
    await server.dispose();
    await origin.close();
    rmSync(folder, { recursive: true });
  }, 60_000);

  const json = async (path: string, token = 'a:p:admin') => (await client.request(path, { headers: { 'X-Auth-Token': token } })).json() as Promise<Record<string, unknown>>;
  const status = async (path: string, init: RequestInit = {}) => (await client.request(path, init)).status;
  const uploaded = async (store?: string) => {
    const { id } = await client.create({ owner: 'p' });
    expect((await client.put(id, 'data', store === undefined ? {} : { 'X-Image-Meta-Store': store })).status).toBe(204);
    return id;
  };
  const elsewhere = async (id: string) => client.patch(id, [{ op: 'add', path: '/locations/-', value: { url: `${origin.url}/data`, metadata: {} } }]);

  it('are told to everybody, the default and the read-only one as text', async () => {
    expect(await json('/v2/info/stores', 'u:p:reader')).toEqual({
      stores: [{ id: 'slow', description: 'the big one', default: 'true' }, { id: 'fast' }, { id: 'web', 'read-only': 'true' }],
    });
  });

  it('are told in detail to admins and services only', async () => {
    const stores = [
      { id: 'slow', description: 'the big one', default: 'true', type: 'file', weight: 0, properties: { data_dir: `${folder}/slow`, chunk_size: 65536, thin_provisioning: false } },
      { id: 'fast', type: 'file', weight: 10, properties: { data_dir: `${folder}/fast`, chunk_size: 65536, thin_provisioning: false } },
      { id: 'web', 'read-only': 'true', type: 'http', weight: 5, properties: {} },
    ];
    expect(await json('/v2/info/stores/detail')).toEqual({ stores });
    expect(await json('/v2/info/stores/detail', 'n:s:service')).toEqual({ stores });
    expect(await status('/v2/info/stores/detail', { headers: { 'X-Auth-Token': 'u:p:member' } })).toBe(403);
  });

  it('are named when an image is created, and make the versions up to 2.13 known', async () => {
    const answer = await client.request('/v2/images', { method: 'POST', headers: { 'content-type': 'application/json', 'X-Image-Meta-Store': 'nonsense' }, body: '{}' });
    expect([answer.status, answer.headers.get('openstack-image-store-ids'), answer.headers.get('openstack-image-import-methods')]).toEqual([201, 'slow,fast,web', 'glance-direct,web-download,copy-image']);
    const { versions } = (await (await client.request('/versions')).json()) as { versions: { id: string }[] };
    expect(versions.map(({ id }) => id)).toEqual(expect.arrayContaining(['v2.8', 'v2.13']));
  });

  it('take an upload where the client says, else by default; an unknown name is refused', async () => {
    expect(await client.show(await uploaded())).toMatchObject({ stores: 'slow', locations: [{ metadata: { store: 'slow' } }] });
    const id = await uploaded('fast');
    expect(await client.show(id)).toMatchObject({ stores: 'fast' });
    expect(existsSync(join(folder, 'fast', id))).toBe(true);
    const { id: waiting } = await client.create();
    expect((await client.put(waiting, 'data', { 'X-Image-Meta-Store': 'nowhere' })).status).toBe(400);
    expect(await client.show(waiting)).toMatchObject({ status: 'queued' });
    expect(await client.show(waiting)).not.toHaveProperty('stores');
  });

  it('show the heaviest first: in stores, in locations and as the direct URL', async () => {
    const id = await uploaded('slow');
    expect((await elsewhere(id)).status).toBe(200);
    const image = (await client.show(id)) as unknown as { stores: string; direct_url: string; locations: { metadata: { store: string } }[] };
    expect(image.stores).toBe('web,slow');
    expect(image.direct_url).toBe(`${origin.url}/data`);
    expect(image.locations.map(({ metadata }) => metadata.store)).toEqual(['web', 'slow']);
    expect((await client.patch(id, [{ op: 'remove', path: '/locations/0' }])).status).toBe(200);
    expect(await client.show(id)).toMatchObject({ stores: 'slow' });
  });

  it('are asked in the order that the client prefers', async () => {
    const id = await uploaded('slow');
    await elsewhere(id);
    origin.requests.length = 0;
    expect(await (await client.request(`/v2/images/${id}/file?prefer=slow`)).text()).toBe('data');
    expect(origin.requests).toEqual([]);
    await (await client.request(`/v2/images/${id}/file`)).text();
    expect(origin.requests.length).toBeGreaterThan(0);
    expect(await status(`/v2/images/${id}/file?prefer=slow,nowhere`)).toBe(400);
  });

  it('leave an image readable as long as one of its places is, and whole', async () => {
    const id = await uploaded('slow');
    await elsewhere(id);
    origin.files.delete('/data');
    expect(await (await client.request(`/v2/images/${id}/file`)).text()).toBe('data');
    origin.files.set('/data', Buffer.from('data'));
    rmSync(join(folder, 'slow', id));
    expect(await (await client.request(`/v2/images/${id}/file?prefer=slow`)).text()).toBe('data');
    origin.files.delete('/data');
    expect(await status(`/v2/images/${id}/file`)).toBe(503);
    origin.files.set('/data', Buffer.from('data'));
    expect((await client.delete(id)).status).toBe(204);
  });

  it('that are read-only take no data: the image waits on', async () => {
    const { id } = await client.create();
    expect((await client.put(id, 'data', { 'X-Image-Meta-Store': 'web' })).status).toBe(410);
    expect(await client.show(id)).toMatchObject({ status: 'queued', size: null });
    expect((await client.put(id, 'data')).status).toBe(204);
  });

  it('that cannot write say so, and the image waits on', async () => {
    const { id } = await client.create();
    rmSync(join(folder, 'fast'), { recursive: true });
    writeFileSync(join(folder, 'fast'), 'no directory');
    expect((await client.put(id, 'data', { 'X-Image-Meta-Store': 'fast' })).status).toBe(503);
    rmSync(join(folder, 'fast'));
    mkdirSync(join(folder, 'fast'));
    expect(await client.show(id)).toMatchObject({ status: 'queued', size: null });
    expect((await client.put(id, 'data', { 'X-Image-Meta-Store': 'fast' })).status).toBe(204);
  });

  it('give up an image one by one, for an admin, and never the last', async () => {
    const id = await uploaded('fast');
    const remove = (store: string, token = 'a:p:admin') => status(`/v2/stores/${store}/${id}`, { method: 'DELETE', headers: { 'X-Auth-Token': token } });
    expect(await remove('fast')).toBe(403);
    await elsewhere(id);
    expect(await remove('nowhere')).toBe(409);
    expect(await remove('slow')).toBe(404);
    expect(await remove('fast', 'x:other:member')).toBe(404);
    expect(await remove('fast')).toBe(204);
    expect(await client.show(id)).toMatchObject({ stores: 'web', status: 'active' });
    await eventually(async () => expect(await Promise.resolve(existsSync(join(folder, 'fast', id)))).toBe(false));
    expect(await (await client.request(`/v2/images/${id}/file`)).text()).toBe('data');
    const { id: queued } = await client.create();
    expect(await status(`/v2/stores/fast/${queued}`, { method: 'DELETE' })).toBe(409);
    expect(await status('/v2/stores/fast/00000000-0000-4000-8000-00000000dead', { method: 'DELETE' })).toBe(404);
  });
});

it.each([{ memory: false }, { memory: true }])('A single store has no name (memory drivers: $memory)', async ({ memory }) => {
  const server = await Server.start({ memory });
  const client = new ImageClient(server);
  try {
    expect((await client.request('/v2/info/stores')).status).toBe(404);
    expect((await client.request('/v2/stores/memory/x', { method: 'DELETE' })).status).toBe(404);
    const { id } = await client.create();
    expect((await client.put(id, 'data', { 'X-Image-Meta-Store': 'nowhere' })).status).toBe(204);
    expect(await client.show(id)).not.toHaveProperty('stores');
    expect((await client.request(`/v2/images/${id}/file?prefer=memory`)).status).toBe(400);
    expect(await (await client.request('/v2/info/import')).json()).toMatchObject({ 'import-methods': { type: 'array', value: ['glance-direct', 'web-download', 'copy-image'] } });
  } finally {
    await server.dispose();
  }
}, 60_000);
