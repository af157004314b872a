import { readdirSync } from 'node:fs';
import { ImageClient } from '../support/image-client.js';
import { Server } from '../support/server.js';

describe.each([{ memory: false }, { memory: true }])('Tags and activation over HTTP (memory drivers: $memory)', ({ memory }) => {
  let server: Server;
  let client: ImageClient;
  beforeAll(async () => {
    server = await Server.start({ memory, conf: 'image_tag_quota = 3\n' });
    client = new ImageClient(server);
  }, 60_000);
  afterAll(() => server.dispose());

  const tag = async (method: 'PUT' | 'DELETE', id: string, name: string, init: RequestInit = {}) =>
    (await client.request(`/v2/images/${id}/tags/${name}`, { method, ...init })).status;
  const act = async (id: string, action: string, init: RequestInit = {}) =>
    (await client.request(`/v2/images/${id}/actions/${action}`, { method: 'POST', ...init })).status;
  const NOWHERE = '00000000-0000-4000-8000-00000000dead';

  it('sets a tag once however often it is put, and takes it away once', async () => {
    const { id } = await client.create();
    expect([await tag('PUT', id, 'a'), await tag('PUT', id, 'a'), await tag('PUT', id, 'two%20words')]).toEqual([204, 204, 204]);
    expect((await client.show(id)).tags).toEqual(['a', 'two words']);
    expect([await tag('DELETE', id, 'a'), await tag('DELETE', id, 'a')]).toEqual([204, 404]);
    expect((await client.show(id)).tags).toEqual(['two words']);
  });

  it('refuses more tags than the quota, and tags that cannot be', async () => {
    const { id } = await client.create({ tags: ['a', 'b', 'c'] });
    expect(await tag('PUT', id, 'd')).toBe(413);
    expect(await tag('PUT', id, 'a')).toBe(204);
    expect(await tag('PUT', id, 'x'.repeat(256))).toBe(400);
    expect(await tag('PUT', id, 'a%2Fb')).toBe(404);
    expect(await tag('PUT', id, 'a%00b')).toBe(400);
    expect(await tag('PUT', id, '')).toBe(404);
    expect(await tag('PUT', NOWHERE, 'a')).toBe(404);
    expect(await tag('PUT', id, 'a', { body: '{}' })).toBe(400);
    expect((await client.show(id)).tags).toEqual(['a', 'b', 'c']);
  });

  it('loses none of 20 concurrent tags', async () => {
    const { id } = await client.create();
    const names = ['a', 'b', 'c'];
    await Promise.all(Array.from({ length: 20 }, (_, i) => tag('PUT', id, names[i % 3] ?? '')));
    expect((await client.show(id)).tags).toEqual(names);
  });

  it('deactivates and reactivates, again and again, and never what has no data', async () => {
    const { id } = await client.create();
    expect(await act(id, 'deactivate')).toBe(403);
    expect(await act(id, 'reactivate')).toBe(403);
    await client.put(id, 'data');
    expect(await act(id, 'reactivate')).toBe(204);
    expect([await act(id, 'deactivate'), await act(id, 'deactivate')]).toEqual([204, 204]);
    expect((await client.show(id)).status).toBe('deactivated');
    expect((await client.list('?status=deactivated')).images.map((image) => image.id)).toContain(id);
    expect(await act(id, 'reactivate')).toBe(204);
    expect((await client.show(id)).status).toBe('active');
    expect(await act(NOWHERE, 'deactivate')).toBe(404);
    expect(await act(id, 'deactivate', { body: '{}' })).toBe(400);
    expect(await act(id, 'explode')).toBe(404);
  });

  it('deletes a deactivated image', async () => {
    const { id } = await client.create();
    await client.put(id, 'data');
    await act(id, 'deactivate');
    expect((await client.delete(id)).status).toBe(204);
    expect((await client.request(`/v2/images/${id}`)).status).toBe(404);
  });
});

describe.each([{ memory: false }, { memory: true }])('Deletion that is delayed (memory drivers: $memory)', ({ memory }) => {
  it('hides the image from everybody, keeps its data, and its id for ever', async () => {
    const server = await Server.start({ memory, conf: 'delayed_delete = True\nscrub_time = 3600\n' });
    const client = new ImageClient(server);
    try {
      const { id } = await client.create();
      await client.put(id, 'data');
      expect((await client.delete(id)).status).toBe(204);
      expect((await client.delete(id)).status).toBe(404);
      for (const path of ['', '/file', '/members', '/locations']) expect(await client.status('GET', `/v2/images/${id}${path}`)).toBe(404);
      expect(await client.status('POST', '/v2/images', { id })).toBe(409);
      expect((await client.list('?visibility=all')).images).toEqual([]);
      const { id: deactivated } = await client.create();
      await client.put(deactivated, 'data');
      await client.status('POST', `/v2/images/${deactivated}/actions/deactivate`);
      expect((await client.delete(deactivated)).status).toBe(204);
      const { id: empty } = await client.create();
      expect((await client.delete(empty)).status).toBe(204);
      await server.end();
      expect(readdirSync(server.imagesDir).toSorted()).toEqual([id, deactivated].toSorted());
    } finally {
      await server.dispose();
    }
  }, 60_000);
});
