import { ImageClient, type Document } from '../support/image-client.js';
import { Server } from '../support/server.js';

const V20 = 'application/openstack-images-v2.0-json-patch';

describe.each([{ memory: false }, { memory: true }])('The image document and its data (memory drivers: $memory)', ({ memory }) => {
  let server: Server;
  let client: ImageClient;
  beforeAll(async () => {
    server = await Server.start({ memory, conf: 'image_size_cap = 1000\nimage_property_quota = 3\nimage_tag_quota = 2\n' });
    client = new ImageClient(server);
  }, 60_000);
  afterAll(() => server.dispose(), 60_000);

  const post = (image: unknown) => client.request('/v2/images', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(image) });
  const patched = async (id: string, steps: unknown, type?: string) => (await client.patch(id, steps, type)).status;
  const replace = (path: string, value: unknown) => [{ op: 'replace', path, value }];

  it.each([
    [{ id: 'x' }, 400], [{ name: 'x'.repeat(256) }, 400], [{ name: 'a\0b' }, 400], [{ disk_format: 'nonsense' }, 400], [{ visibility: 'secret' }, 400],
    [{ min_disk: -1 }, 400], [{ min_ram: 2 ** 31 }, 400], [{ min_disk: null }, 400], [{ protected: 'yes' }, 400], [{ own: 7 }, 400], [{ own: null }, 400],
    [{ ['k'.repeat(256)]: 'x' }, 400], [{ tags: ['x'.repeat(256)] }, 400], [{ tags: ['a', 'b', 'c'] }, 413], [{ a: '1', b: '2', c: '3', d: '4' }, 413],
    [{ status: 'active' }, 403], [{ size: 1 }, 403], [{ os_hash_algo: 'md5' }, 403], [{ os_hash_value: 'x' }, 403], [{ self: 'x' }, 403], [{ stores: 'x' }, 403],
    [{ locations: [] }, 403], [{ location: 'x' }, 403], [{ deleted: true }, 403], [{ os_glance_x: 'y' }, 403], [{ kernel_id: 'no uuid' }, 400],
    [{ cinder_encryption_key_deletion_policy: 'sometimes' }, 400], [[], 400], ['text', 400], [null, 400],
  ])('a creation with %j answers %i', async (image, status) => expect((await post(image)).status).toBe(status));

  it('keeps names of any characters, and properties whose keys have dots, colons and blanks', async () => {
    const { id } = await client.create({ name: 'Größe 😀', 'trait:HW_X': 'required', 'owner_specified.openstack.md5': 'x' });
    expect(await client.show(id)).toMatchObject({ name: 'Größe 😀', 'trait:HW_X': 'required', 'owner_specified.openstack.md5': 'x' });
  });

  it.each([
    ['/status', 'active', 403], ['/size', 1, 403], ['/id', 'x', 403], ['/os_hash_value', 'x', 403], ['/os_glance_x', 'x', 403], ['/extra_properties', 'x', 403], ['/image_id', 'x', 403],
    ['/stores', 'x', 409], ['/missing', 'x', 409], ['/min_disk', null, 400], ['/min_ram', -1, 400], ['/min_ram', 2 ** 31, 400], ['/own', 7, 400], ['/name', null, 200],
    ['/disk_format', null, 200], ['/owner', 'p7', 200], ['/tags', ['a', 'b', 'a'], 200], ['/tags', ['a', 'b', 'c'], 413], ['/tags/-', 'a', 400], ['/own', 'new', 200],
  ])('replacing %s by %j answers %i', async (path, value, status) => {
    const { id } = await client.create({ own: '1' });
    expect(await patched(id, replace(path, value))).toBe(status);
  });

  it('adds over what exists in v2.1, and refuses that in v2.0', async () => {
    const { id } = await client.create({ own: '1' });
    expect(await patched(id, [{ op: 'add', path: '/own', value: '2' }, { op: 'add', path: '/name', value: 'n' }])).toBe(200);
    expect(await patched(id, [{ add: '/own', value: '3' }], V20)).toBe(409);
    expect(await patched(id, [{ add: '/name', value: 'm' }], V20)).toBe(409);
    expect(await patched(id, [{ add: '/new', value: '3' }, { replace: '/own', value: '4' }, { remove: '/new' }], V20)).toBe(200);
    expect(await patched(id, [{ op: 'remove', path: '/name' }])).toBe(403);
    expect(await patched(id, [{ op: 'remove', path: '/gone' }])).toBe(409);
    expect(await client.show(id)).toMatchObject({ name: 'n', own: '4' });
  });

  it('takes no other media type for a change, and says which', async () => {
    const { id } = await client.create();
    const refused = await client.patch(id, [], 'application/json');
    expect([refused.status, refused.headers.get('accept-patch')]).toEqual([415, `${V20}, application/openstack-images-v2.1-json-patch`]);
  });

  it('changes nothing, not even the time, by no step', async () => {
    const { id } = await client.create();
    const before = await client.show(id);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect(await patched(id, [])).toBe(200);
    expect(await client.show(id)).toEqual(before);
  });

  it('never changes formats once there is data', async () => {
    const { id } = await client.create();
    await client.put(id, 'data');
    expect(await patched(id, replace('/container_format', 'ovf'))).toBe(403);
  });

  it('refuses to delete what is protected, and finds nothing twice', async () => {
    const { id } = await client.create({ protected: true });
    expect((await client.delete(id)).status).toBe(403);
    await patched(id, replace('/protected', false));
    expect([(await client.delete(id)).status, (await client.delete(id)).status]).toEqual([204, 404]);
    expect((await client.request(`/v2/images/${id}`)).status).toBe(404);
    expect((await post({ id })).status).toBe(409);
  });

  it.each([
    ['no media type that is known', { 'content-type': 'application/json' }, 'x', 415], ['data before there are formats', {}, 'x', 400, { disk_format: null }],
    ['fewer bytes than announced', { 'X-OpenStack-Image-Size': '5' }, 'four', 400], ['more bytes than announced', { 'X-OpenStack-Image-Size': '3' }, 'four', 400],
    ['an announcement that is no number', { 'X-OpenStack-Image-Size': 'x' }, 'four', 400], ['more than the cap', {}, 'x'.repeat(1001), 413],
  ] as [string, Record<string, string>, string, number, Record<string, unknown>?][])('refuses %s, and the image waits on', async (_what, headers, body, status, image = {}) => {
    const { id } = await client.create(image);
    expect((await client.put(id, body, headers)).status).toBe(status);
    expect(await client.show(id)).toMatchObject({ status: 'queued', size: null, checksum: null });
    await patched(id, replace('/disk_format', 'raw'));
    expect((await client.put(id, 'data')).status).toBe(204);
  });

  it('seed 16: stops data of unknown length at the cap', async () => {
    const { id } = await client.create();
    async function* chunks() {
      for (let i = 0; i < 20; i++) yield Buffer.alloc(100);
    }
    const init = { method: 'PUT', headers: { 'content-type': 'application/octet-stream' }, body: chunks(), duplex: 'half' };
    expect((await client.request(`/v2/images/${id}/file`, init as unknown as RequestInit)).status).toBe(413);
    expect(await client.show(id)).toMatchObject({ status: 'queued' });
  });

  it('takes data once', async () => {
    const { id } = await client.create();
    expect([(await client.put(id, 'data')).status, (await client.put(id, 'data')).status]).toEqual([204, 409]);
    const legacy = await client.request(`/v2/images/${id}/file`, { headers: { 'content-range': 'bytes 1-2/*' } });
    expect([legacy.status, await legacy.text(), legacy.headers.get('content-type')]).toEqual([206, 'at', 'application/octet-stream']);
    expect([legacy.headers.get('content-range'), legacy.headers.get('content-md5')]).toEqual(['bytes 1-2/4', (await client.show(id)).checksum]);
    expect(await client.status('GET', `/v2/images/${id}/file`, undefined, { 'content-range': 'bytes 1-4/*' })).toBe(416);
  });
});

describe.each([{ memory: false }, { memory: true }])('A list (memory drivers: $memory)', ({ memory }) => {
  it('keeps repeated parameters in its links, goes on after every full page, and takes no marker that is gone', async () => {
    const server = await Server.start({ memory });
    const client = new ImageClient(server);
    try {
      const made: Document[] = [];
      for (let i = 0; i < 4; i++) made.push(await client.create({ tags: ['a', 'b'] }));
      const page = await client.list('?tag=a&tag=b&limit=2&sort_key=name&sort_key=id&sort_dir=asc');
      expect(page.first).toBe('/v2/images?tag=a&tag=b&limit=2&sort_key=name&sort_key=id&sort_dir=asc');
      expect(page.next).toBe(`${page.first}&marker=${page.images[1]?.id}`);
      const last = await client.list(page.next);
      expect(last.next).toBeDefined();
      expect(await client.list(last.next)).toMatchObject({ images: [] });
      expect(await client.list('?limit=0')).toMatchObject({ images: [] });
      expect((await client.list('?deleted=true')).images).toHaveLength(4);
      await client.delete(made[0]?.id ?? '');
      for (const query of [`marker=${made[0]?.id}`, 'marker=x', 'limit=-1', 'limit=x', 'sort=nonsense', 'sort=name&sort_key=id', 'sort_key=name&sort_dir=up', 'visibility=x',
        'member_status=x', 'protected=True', 'os_hidden=maybe', 'changes-since=2020-01-01', 'size_min=x', 'bogus_min=1', 'created_at=lt:never', 'name=ne:x', 'name=in:"x']) {
        expect(`${query} ${(await client.request(`/v2/images?${query}`)).status}`).toBe(`${query} 400`);
      }
      expect((await client.list('?status=nonsense')).images).toEqual([]);
      expect((await client.list('?os_hidden=True')).images).toEqual([]);
    } finally {
      await server.dispose();
    }
  }, 60_000);
});
