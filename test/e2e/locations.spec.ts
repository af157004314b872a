import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { eventually } from '../support/eventually.js';
import { ImageClient, type Document } from '../support/image-client.js';
import { Origin } from '../support/origin.js';
import { Server } from '../support/server.js';

const SHA512 = 'ab'.repeat(64);

interface Located extends Document {
  locations: { url: string; metadata: Record<string, unknown> }[];
  direct_url?: string;
}

describe.each([{ memory: false }, { memory: true }])('Locations over HTTP (memory drivers: $memory)', ({ memory }) => {
  let origin: Origin;
  let server: Server;
  let client: ImageClient;
  beforeAll(async () => {
    origin = await Origin.start();
    origin.files.set('/a', Buffer.from('the bytes of a')).set('/b', Buffer.from('the bytes of b')).set('/empty', Buffer.alloc(0));
    const conf = [
      'show_multiple_locations = True', 'show_image_direct_url = True', 'image_location_quota = 3', 'image_size_cap = 1000',
      '[import_filtering_opts]', 'allow_private_addresses = True', `allowed_ports = ${new URL(origin.url).port}`,
      '[glance_store]', memory ? 'stores = memory,http\ndefault_store = memory' : 'stores = file,http',
    ].join('\n');
    server = await Server.start({ memory, conf: `${conf}\n` });
    client = new ImageClient(server);
  }, 60_000);
  afterAll(async () => {
    await server.dispose();
    await origin.close();
  });

  const at = (path: string, metadata = {}, more = {}) => ({ url: origin.url + path, metadata, ...more });
  const show = async (id: string) => (await client.show(id)) as Located;
  const add = (id: string, value: unknown, place = '-') => client.patch(id, [{ op: 'add', path: `/locations/${place}`, value }]);
  const urls = async (id: string) => (await show(id)).locations.map(({ url }) => url.slice(origin.url.length));
  const status = async (answer: Promise<Response>) => (await answer).status;

  it('makes a queued image active, shows where the data is and gives it out, whole and in ranges', async () => {
    const { id } = await client.create();
    expect(await show(id)).toMatchObject({ locations: [] });
    expect((await add(id, at('/a', { rack: '7' }, { validation_data: { os_hash_algo: 'sha512', os_hash_value: SHA512, checksum: 'cd'.repeat(16) } }))).status).toBe(200);
    expect(await show(id)).toMatchObject({
      status: 'active', size: 14, os_hash_value: SHA512, checksum: 'cd'.repeat(16), direct_url: `${origin.url}/a`, locations: [{ url: `${origin.url}/a`, metadata: { rack: '7' } }],
    });
    expect(await (await client.request(`/v2/images/${id}/file`)).text()).toBe('the bytes of a');
    expect(await (await client.request(`/v2/images/${id}/file`, { headers: { range: 'bytes=4-8' } })).text()).toBe('bytes');
    expect(await status(client.delete(id))).toBe(204);
    expect(origin.requests.some((request) => request.startsWith('DELETE'))).toBe(false);
  });

  it('adds, reorders, describes anew and removes the places of an active image', async () => {
    const { id } = await client.create();
    await add(id, at('/a'));
    expect((await add(id, at('/b'), '0')).status).toBe(200);
    expect(await urls(id)).toEqual(['/b', '/a']);
    expect(await status(add(id, at('/b')))).toBe(400);
    expect(await status(client.patch(id, [{ op: 'replace', path: '/locations', value: [at('/a', { x: 1 }), at('/b')] }]))).toBe(200);
    expect((await show(id)).locations).toEqual([at('/a', { x: 1 }), at('/b')]);
    expect(await status(client.patch(id, [{ op: 'replace', path: '/locations', value: [at('/a')] }]))).toBe(400);
    expect(await status(client.patch(id, [{ op: 'remove', path: '/locations/0' }]))).toBe(200);
    expect(await urls(id)).toEqual(['/b']);
    expect(await status(client.patch(id, [{ op: 'remove', path: '/locations/0' }]))).toBe(403);
    expect(await status(client.patch(id, [{ op: 'replace', path: '/locations', value: [] }]))).toBe(403);
    expect(await status(client.patch(id, [{ op: 'remove', path: '/locations' }]))).toBe(400);
  });

  it('counts places as the steps before left them', async () => {
    const { id } = await client.create();
    await add(id, at('/a'));
    expect(await status(client.patch(id, [{ op: 'add', path: '/locations/0', value: at('/b') }, { op: 'remove', path: '/locations/0' }]))).toBe(200);
    expect(await urls(id)).toEqual(['/a']);
  });

  it('asks for no more places than an image may have', async () => {
    const { id } = await client.create();
    origin.requests.length = 0;
    expect(await status(client.patch(id, [{ op: 'replace', path: '/locations', value: Array.from({ length: 500 }, (_, n) => at('/a', { n })) }]))).toBe(413);
    expect(await status(client.patch(id, Array.from({ length: 500 }, (_, n) => ({ op: 'add', path: '/locations/-', value: at('/a', { n }) }))))).toBe(413);
    expect(origin.requests).toEqual([]);
    expect(await show(id)).toMatchObject({ status: 'queued' });
  });

  it('takes all steps of a PATCH or none', async () => {
    const { id } = await client.create();
    expect(await status(client.patch(id, [{ op: 'add', path: '/locations/-', value: at('/a') }, { op: 'remove', path: '/nothing' }]))).toBe(409);
    expect(await show(id)).toMatchObject({ status: 'queued', size: null, locations: [] });
  });

  it.each([
    ['CVE-2014-9493: a file of this host', 'file:///etc/passwd'], ['CVE-2015-1195: the same by another name', 'filesystem:///etc/passwd'],
    ['CVE-2015-1195: another\'s configuration', 'swift+config://ref1/container/object'], ['a scheme that no store has', 'gopher://example.org/x'],
    ['no URL', 'nothing'], ['a port that is not allowed', 'http://127.0.0.1:1/x'], ['CVE-2017-7200: a port in disguise', 'http://127.1/x'],
  ])('refuses %s with 400 and leaves the image queued', async (_what, url) => {
    const { id } = await client.create();
    expect(await status(add(id, { url, metadata: {} }))).toBe(400);
    expect(await show(id)).toMatchObject({ status: 'queued', locations: [] });
    const refused = await client.request(`/v2/images/${id}/locations`, { method: 'POST', body: JSON.stringify({ url }) });
    expect(refused.status).toBe(400);
  });

  it('refuses what is not there, or is empty, and hashes that cannot be', async () => {
    const { id } = await client.create();
    const hashes = (algorithm: string, value: string) => ({ validation_data: { os_hash_algo: algorithm, os_hash_value: value } });
    expect(await status(add(id, at('/missing')))).toBe(400);
    expect(await status(add(id, at('/empty')))).toBe(400);
    expect(await status(add(id, at('/a', {}, hashes('sha256', 'ab'.repeat(32)))))).toBe(409);
    expect(await status(add(id, at('/a', {}, hashes('sha512', 'ab'))))).toBe(409);
    expect(await status(add(id, at('/a', {}, hashes('sha512', 'x'.repeat(128)))))).toBe(409);
    expect(await status(add(id, at('/a', {}, { validation_data: {} })))).toBe(400);
    expect(await status(add(id, { url: `${origin.url}/a` }))).toBe(400);
    expect(await status(add(id, at('/a'), 'x'))).toBe(400);
    expect(await show(id)).toMatchObject({ status: 'queued' });
  });

  it('CVE-2014-5356: counts the size cap for places too', async () => {
    origin.files.set('/big', Buffer.alloc(1001));
    const { id } = await client.create();
    expect(await status(add(id, at('/big')))).toBe(413);
    expect(await show(id)).toMatchObject({ status: 'queued' });
  });

  it('needs the formats, and room in the quota', async () => {
    const { id: bare } = await client.create({ disk_format: null });
    expect(await status(add(bare, at('/a')))).toBe(400);
    const { id } = await client.create();
    for (const n of [1, 2, 3]) expect(await status(add(id, at('/a', { n })))).toBe(200);
    expect(await status(add(id, at('/a', { n: 4 })))).toBe(413);
  });

  it('takes one place from a service or its owner by POST, and tells services', async () => {
    const { id } = await client.create();
    const post = (body: unknown) => client.request(`/v2/images/${id}/locations`, { method: 'POST', body: JSON.stringify(body) });
    expect(await status(post({ url: `${origin.url}/a`, validation_data: { os_hash_algo: 'sha512' } }))).toBe(400);
    expect(await status(post({ url: `${origin.url}/a`, validation_data: { os_hash_algo: 'sha512', os_hash_value: 'ab' } }))).toBe(400);
    expect(await status(post({ url: `${origin.url}/a`, nonsense: 1 }))).toBe(400);
    expect(await status(post([]))).toBe(400);
    const added = await post({ url: `${origin.url}/a` });
    expect([added.status, await added.text()]).toEqual([202, '']);
    expect(await status(post({ url: `${origin.url}/b` }))).toBe(409);
    expect(await show(id)).toMatchObject({ status: 'active', size: 14 });
    expect(await (await client.request(`/v2/images/${id}/locations`)).json()).toEqual([at('/a')]);
    expect(await status(client.request(`/v2/images/${id}/locations`, { method: 'DELETE' }))).toBe(405);
  });

  it('knows nothing of the data elsewhere but its size, and says no MD5 that nobody told', async () => {
    const { id } = await client.create();
    expect(await status(add(id, at('/a')))).toBe(200);
    expect(await show(id)).toMatchObject({ size: 14, virtual_size: null, checksum: null, os_hash_algo: null, os_hash_value: null });
    expect((await client.request(`/v2/images/${id}/file`)).headers.has('content-md5')).toBe(false);
    expect(await status(add(id, at('/b', {}, { validation_data: { os_hash_algo: 'sha512', os_hash_value: SHA512 } })))).toBe(409);
    expect(await status(client.patch(id, [{ op: 'remove', path: '/locations/7' }]))).toBe(403);
    await add(id, at('/b'), '9');
    expect(await urls(id)).toEqual(['/a', '/b']);
    expect(await status(client.patch(id, [{ op: 'remove', path: '/locations/7' }]))).toBe(400);
    expect(await status(add(id, at(`/${'x'.repeat(255)}`)))).toBe(400);
  });

  it('answers 503 while what is elsewhere cannot be had', async () => {
    origin.files.set('/away', Buffer.from('data'));
    const { id } = await client.create();
    expect(await status(add(id, at('/away')))).toBe(200);
    origin.files.delete('/away');
    expect(await status(client.request(`/v2/images/${id}/file`))).toBe(503);
    expect(await show(id)).toMatchObject({ status: 'active' });
  });

  it.each(['md5', 'sha1', 'sha256', 'sha512'])('takes %s of a place by POST, whatever it computes itself', async (os_hash_algo) => {
    const { id } = await client.create();
    const os_hash_value = createHash(os_hash_algo).update('the bytes of a').digest('hex');
    expect(await client.status('POST', `/v2/images/${id}/locations`, { url: `${origin.url}/a`, validation_data: { os_hash_algo, os_hash_value } })).toBe(202);
    await eventually(async () => expect(await show(id)).toMatchObject({ status: 'active', os_hash_algo, os_hash_value, checksum: createHash('md5').update('the bytes of a').digest('hex') }));
  });

  it('CVE-2016-0757: never lets the data of an active image be exchanged', async () => {
    const { id } = await client.create();
    await client.put(id, 'mine');
    expect(await status(client.patch(id, [{ op: 'replace', path: '/locations', value: [at('/a')] }]))).toBe(400);
    expect(await status(client.patch(id, [{ op: 'remove', path: '/locations/0' }]))).toBe(403);
    expect(await status(client.put(id, 'other'))).toBe(409);
    expect(await (await client.request(`/v2/images/${id}/file`)).text()).toBe('mine');
  });

  if (!memory) {
    it('removes the bytes of ours at a removed place, and only those', async () => {
      const { id } = await client.create();
      await client.put(id, 'the bytes of a');
      expect(readdirSync(server.imagesDir)).toContain(id);
      await add(id, at('/a'));
      expect(await status(client.patch(id, [{ op: 'remove', path: '/locations/0' }]))).toBe(200);
      for (let tries = 0; tries < 200 && readdirSync(server.imagesDir).includes(id); tries++) await new Promise((resolve) => setTimeout(resolve, 50));
      expect(readdirSync(server.imagesDir)).not.toContain(id);
      expect(await (await client.request(`/v2/images/${id}/file`)).text()).toBe('the bytes of a');
    });
  }
});

describe.each([{ memory: false }, { memory: true }])('Locations that are not shown (memory drivers: $memory)', ({ memory }) => {
  it('cannot be changed either, but are told to services', async () => {
    const server = await Server.start({ memory });
    const client = new ImageClient(server);
    try {
      const { id } = await client.create();
      expect(await client.show(id)).not.toHaveProperty('locations');
      const refused = await client.patch(id, [{ op: 'add', path: '/locations/-', value: { url: 'http://example.org/x', metadata: {} } }]);
      expect(refused.status).toBe(403);
      await client.put(id, 'mine');
      expect(await (await client.request(`/v2/images/${id}/locations`)).json()).toEqual([{ url: expect.stringContaining(id) as string, metadata: {} }]);
    } finally {
      await server.dispose();
    }
  }, 60_000);
});

describe.each([{ memory: false }, { memory: true }])('Locations that are stored sealed (memory drivers: $memory)', ({ memory }) => {
  it('cannot be replaced by what is no URL', async () => {
    const server = await Server.start({ memory, conf: 'show_multiple_locations = True\nmetadata_encryption_key = 0123456789abcdef\n' });
    const client = new ImageClient(server);
    try {
      const { id } = await client.create();
      await client.put(id, 'mine');
      for (const url of ['//x', 'x', '', ':']) {
        expect((await client.patch(id, [{ op: 'replace', path: '/locations', value: [{ url, metadata: {} }] }])).status).toBe(400);
      }
      expect(await client.show(id)).toMatchObject({ status: 'active', locations: [{ url: expect.stringContaining(id) }] });
    } finally {
      await server.dispose();
    }
  }, 60_000);
});
