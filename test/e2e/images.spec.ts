import { createHash } from 'node:crypto';
import { ImageClient } from '../support/image-client.js';
import { Server } from '../support/server.js';

describe.each([{ memory: false }, { memory: true }])('Images API v2 over HTTP (memory drivers: $memory)', ({ memory }) => {
  let server: Server;
  let client: ImageClient;
  beforeAll(async () => {
    server = await Server.start({ memory });
    client = new ImageClient(server);
  }, 60_000);
  afterAll(() => server.dispose());

  it('answers a creation with 201, the absolute location and the whole document in the peer\'s order', async () => {
    const answer = await client.request('/v2/images', {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ name: 'n', hw_x: 'y', tags: ['b', 'a', 'b'] }),
    });
    expect(answer.status).toBe(201);
    const image = (await answer.json()) as Record<string, unknown>;
    expect(answer.headers.get('location')).toBe(`${server.url}/v2/images/${String(image.id)}`);
    expect(answer.headers.get('x-openstack-request-id')).toMatch(/^req-/);
    expect(Object.keys(image)).toEqual([
      'hw_x', 'name', 'disk_format', 'container_format', 'visibility', 'size', 'virtual_size', 'status', 'checksum', 'protected', 'min_ram', 'min_disk',
      'owner', 'os_hidden', 'os_hash_algo', 'os_hash_value', 'id', 'created_at', 'updated_at', 'tags', 'self', 'file', 'schema',
    ]);
    expect(image).toMatchObject({ visibility: 'shared', status: 'queued', size: null, tags: ['a', 'b'], min_disk: 0, protected: false });
    expect(image.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  });

  it('keeps the spelling of a chosen id, finds it in any case, and never gives it twice', async () => {
    const id = 'ABCDEF00-0000-4000-8000-000000000001';
    expect((await client.create({ id })).id).toBe(id);
    expect((await client.show(id.toLowerCase())).id).toBe(id);
    await client.delete(id);
    expect((await client.request(`/v2/images/${id}`)).status).toBe(404);
    const again = await client.request('/v2/images', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ id: id.toLowerCase() }) });
    expect(again.status).toBe(409);
  });

  it('stores and gives back bytes with both hashes, whole and in ranges', async () => {
    const { id } = await client.create();
    expect((await client.request(`/v2/images/${id}/file`)).status).toBe(204);
    const data = Buffer.from(Array.from({ length: 300_000 }, (_, i) => i % 251));
    expect((await client.put(id, data)).status).toBe(204);
    expect(await client.show(id)).toMatchObject({
      status: 'active', size: data.length, checksum: createHash('md5').update(data).digest('hex'), os_hash_value: createHash('sha512').update(data).digest('hex'),
    });
    const whole = await client.request(`/v2/images/${id}/file`);
    expect(whole.headers.get('content-md5')).toBe(createHash('md5').update(data).digest('hex'));
    expect(whole.headers.get('content-length')).toBe(String(data.length));
    expect(Buffer.from(await whole.arrayBuffer()).equals(data)).toBe(true);
  });

  it.each([
    ['bytes=0-9', 206, 'bytes 0-9/1000', 10],
    ['bytes=990-', 206, 'bytes 990-999/1000', 10],
    ['bytes=-10', 206, 'bytes 990-999/1000', 10],
    ['bytes=-5000', 206, 'bytes 0-999/1000', 1000],
    ['bytes=900-5000', 206, 'bytes 900-999/1000', 100],
    ['bytes=1000-', 416, 'bytes */1000', undefined],
    ['pages=1-2', 416, 'bytes */1000', undefined],
    ['bytes=0-1,4-5', 400, null, undefined],
  ])('answers Range %s with %i', async (range, status, contentRange, length) => {
    const { id } = await client.create();
    await client.put(id, Buffer.alloc(1000, 'r'));
    const answer = await client.request(`/v2/images/${id}/file`, { headers: { range } });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-range')).toBe(contentRange);
    if (length !== undefined) expect((await answer.arrayBuffer()).byteLength).toBe(length);
  });

  it('makes a zero-byte upload active', async () => {
    const { id } = await client.create();
    expect((await client.put(id, '')).status).toBe(204);
    expect(await client.show(id)).toMatchObject({ status: 'active', size: 0, checksum: 'd41d8cd98f00b204e9800998ecf8427e', virtual_size: null });
  });

  it('changes nothing when one step of a PATCH is refused', async () => {
    const { id } = await client.create({ a: '1' });
    const refused = await client.patch(id, [{ op: 'replace', path: '/name', value: 'new' }, { op: 'remove', path: '/missing' }]);
    expect(refused.status).toBe(409);
    expect(await client.show(id)).toMatchObject({ name: 'x', a: '1' });
  });

  it('loses none of 30 concurrent changes', async () => {
    const { id } = await client.create();
    const answers = await Promise.all(Array.from({ length: 30 }, (_, i) => client.patch(id, [{ op: 'add', path: `/p${i}`, value: `${i}` }])));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(await client.show(id)).toMatchObject(Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`p${i}`, `${i}`])));
  });

  it('refuses new formats once there is data', async () => {
    const { id } = await client.create();
    await client.put(id, 'data');
    expect((await client.patch(id, [{ op: 'replace', path: '/disk_format', value: 'qcow2' }])).status).toBe(403);
  });

  it('pages through a list without gap or double, whatever the order', async () => {
    const tag = `page-${String(memory)}`;
    const made = await Promise.all(Array.from({ length: 7 }, (_, i) => client.create({ name: `n${i % 3}`, tags: [tag] })));
    for (const order of ['', '&sort=name:asc', '&sort=name:desc,created_at:asc', '&sort_key=size&sort_dir=asc']) {
      const seen: string[] = [];
      for (let next: string | undefined = `/v2/images?limit=2&tag=${tag}${order}`; next; ) {
        const page = await client.list(next);
        seen.push(...page.images.map(({ id }) => id));
        next = page.next;
      }
      expect(seen.toSorted()).toEqual(made.map(({ id }) => id).toSorted());
    }
  });

  it('answers other methods with 405, and a path that is none with 404', async () => {
    const { id } = await client.create();
    const head = await client.request(`/v2/images/${id}`, { method: 'HEAD' });
    expect(head.status).toBe(405);
    expect(head.headers.get('allow')).toBe('GET, PATCH, DELETE');
    expect((await client.request('/v2/images/', {})).status).toBe(404);
    expect((await client.request('/', {})).status).toBe(300);
  });

  it('reports a refusal in the shape that the client accepts', async () => {
    const missing = '/v2/images/00000000-0000-4000-8000-00000000dead';
    const json = await client.request(missing, { headers: { accept: 'application/json' } });
    expect(await json.json()).toEqual({ message: expect.stringContaining('No image found') as string, code: '404 Not Found', title: 'Not Found' });
    expect((await client.request(missing, { headers: { accept: '*/*' } })).headers.get('content-type')).toBe('text/html; charset=UTF-8');
  });
});
