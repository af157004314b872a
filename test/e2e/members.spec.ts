import { ImageClient } from '../support/image-client.js';
import { Server } from '../support/server.js';

interface Member {
  readonly member_id: string;
  readonly image_id: string;
  readonly status: string;
  readonly created_at: string;
  readonly updated_at: string;
  readonly schema: string;
}

const JSON_TYPE = { 'content-type': 'application/json', accept: 'application/json' };

describe.each([{ memory: false }, { memory: true }])('members over HTTP, where everybody is an admin (memory drivers: $memory)', ({ memory }) => {
  let server: Server;
  let client: ImageClient;
  beforeAll(async () => {
    server = await Server.start({ memory, conf: 'image_member_quota = 3\n' });
    client = new ImageClient(server);
  }, 60_000);
  afterAll(() => server.dispose());

  const send = (method: string, path: string, body?: unknown) =>
    client.request(path, { method, headers: JSON_TYPE, ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }) });
  const add = (id: string, member: unknown) => send('POST', `/v2/images/${id}/members`, { member });
  const members = async (id: string) => ((await (await send('GET', `/v2/images/${id}/members`)).json()) as { members: Member[] }).members;

  it('seed 46: shares an image, takes the decision, shows, lists and ends the membership', async () => {
    const { id, updated_at } = await client.create();
    const added = await add(id, 'p2');
    expect(added.status).toBe(200);
    const member = (await added.json()) as Member;
    expect(Object.keys(member)).toEqual(['member_id', 'image_id', 'status', 'created_at', 'updated_at', 'schema']);
    expect(member).toMatchObject({ member_id: 'p2', image_id: id, status: 'pending', schema: '/v2/schemas/member' });
    expect(member.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);

    const path = `/v2/images/${id}/members/p2`;
    const accepted = await send('PUT', path, { status: 'accepted' });
    expect([accepted.status, await accepted.json()]).toEqual([200, expect.objectContaining({ member_id: 'p2', status: 'accepted', created_at: member.created_at })]);
    const shown = await send('GET', path);
    expect([shown.status, await shown.json()]).toEqual([200, expect.objectContaining({ member_id: 'p2', image_id: id, status: 'accepted' })]);
    const list = await send('GET', `/v2/images/${id}/members`);
    expect([list.status, await list.json()]).toEqual([200, { members: [expect.objectContaining({ member_id: 'p2' })], schema: '/v2/schemas/members' }]);

    const removed = await send('DELETE', path);
    expect([removed.status, await removed.text()]).toEqual([204, '']);
    expect(await members(id)).toEqual([]);
    for (const method of ['GET', 'DELETE']) expect((await send(method, path)).status).toBe(404);
    expect((await send('PUT', path, { status: 'accepted' })).status).toBe(404);
    expect((await client.show(id)).updated_at).toBe(updated_at);
  });

  it('seed 19: an admin shares an image whoever owns it', async () => {
    const { id } = await client.create({ owner: 'somebody-else' });
    expect((await add(id, 'p2')).status).toBe(200);
    expect((await send('DELETE', `/v2/images/${id}/members/p2`)).status).toBe(204);
  });

  it('asks a member again that was removed, and keeps when it came first', async () => {
    const { id } = await client.create();
    const first = (await (await add(id, 'p2')).json()) as Member;
    await send('PUT', `/v2/images/${id}/members/p2`, { status: 'rejected' });
    await send('DELETE', `/v2/images/${id}/members/p2`);
    expect(await (await add(id, 'p2')).json()).toMatchObject({ status: 'pending', created_at: first.created_at });
  });

  it('user-asks 26: shares with several projects at once, all or none', async () => {
    const { id } = await client.create();
    const several = await send('POST', `/v2/images/${id}/members`, { members: ['p2', 'p3', 'p2'] });
    const row = (member: string): unknown => expect.objectContaining({ member_id: member, image_id: id, status: 'pending' });
    expect([several.status, await several.json()]).toEqual([200, { members: [row('p2'), row('p3')], schema: '/v2/schemas/members' }]);
    expect((await send('POST', `/v2/images/${id}/members`, { members: ['p3'] })).status).toBe(409);
    expect((await send('POST', `/v2/images/${id}/members`, { members: ['p4', 'p5'] })).status).toBe(413);
    expect((await members(id)).map((one) => one.member_id)).toEqual(['p2', 'p3']);
  });

  it('refuses a member twice, and more than the quota', async () => {
    const { id } = await client.create();
    for (const member of ['p2', 'p3']) expect((await add(id, member)).status).toBe(200);
    expect((await add(id, 'p2')).status).toBe(409);
    expect((await add(id, 'p4')).status).toBe(200);
    expect((await add(id, 'p5')).status).toBe(413);
    expect((await members(id)).map((one) => one.member_id)).toEqual(['p2', 'p3', 'p4']);
  });

  it('holds the quota and takes each member once, however many come together', async () => {
    const { id } = await client.create();
    const answers = await Promise.all(['p2', 'p2', 'p3', 'p4', 'p5', 'p6'].map((member) => add(id, member)));
    expect(answers.map(({ status }) => status).filter((status) => status === 200)).toHaveLength(3);
    const seen = (await members(id)).map((one) => one.member_id);
    expect(new Set(seen).size).toBe(3);
  });

  it('keeps the members of an image that is not shared for a while', async () => {
    const { id } = await client.create();
    await add(id, 'p2');
    for (const visibility of ['private', 'public', 'community']) {
      await client.patch(id, [{ op: 'replace', path: '/visibility', value: visibility }]);
      const path = `/v2/images/${id}/members`;
      const refused = [await send('GET', path), await add(id, 'p3'), await send('GET', `${path}/p2`), await send('PUT', `${path}/p2`, { status: 'accepted' }), await send('DELETE', `${path}/p2`)];
      expect(refused.map(({ status }) => status)).toEqual([403, 403, 404, 403, 403]);
      expect(await refused[0]?.text()).toContain('Only shared images have members');
    }
    await client.patch(id, [{ op: 'replace', path: '/visibility', value: 'shared' }]);
    expect(await members(id)).toEqual([expect.objectContaining({ member_id: 'p2', status: 'pending' })]);
  });

  it.each<[string, string, unknown, number]>([
    ['POST', '/members', {}, 400], ['POST', '/members', { member: '' }, 400], ['POST', '/members', { member: 7 }, 400], ['POST', '/members', { member: null }, 400], ['POST', '/members', { members: [] }, 400], ['POST', '/members', { members: ['p3', ''] }, 400],
    ['POST', '/members', { member: 'x'.repeat(256) }, 400], ['POST', '/members', ['p2'], 400], ['POST', '/members', '"p2"', 400], ['POST', '/members', '{', 400],
    ['POST', '/members', undefined, 400], ['POST', '/members', '{"member":"a\\u0000b"}', 400],
    ['PUT', '/members/p2', {}, 400], ['PUT', '/members/p2', { status: 'maybe' }, 400], ['PUT', '/members/p2', { status: null }, 400], ['PUT', '/members/p2', undefined, 400],
    ['PUT', '/members/p9', { status: 'accepted' }, 404], ['DELETE', '/members/p2', {}, 400],
    ['PUT', '/members', {}, 405], ['PATCH', '/members/p2', {}, 405], ['POST', '/members/p2', {}, 405],
    ['GET', '/members/p2%00', undefined, 404], ['DELETE', '/members/%F0%9F%98%80', undefined, 404], ['GET', '/members/p2/', undefined, 404],
  ])('answers %s %s with %j by %i', async (method, path, body, status) => {
    const { id } = await client.create();
    await add(id, 'p2');
    expect((await send(method, `/v2/images/${id}${path}`, body)).status).toBe(status);
    expect(await members(id)).toEqual([expect.objectContaining({ member_id: 'p2', status: 'pending' })]);
  });

  it('knows no members of an image that is not there', async () => {
    const path = '/v2/images/00000000-0000-4000-8000-00000000dead/members';
    const answers = [await send('GET', path), await send('POST', path, { member: 'p2' }), await send('GET', `${path}/p2`), await send('PUT', `${path}/p2`, { status: 'accepted' }), await send('DELETE', `${path}/p2`)];
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404]);
  });

  it.each(['Projekt 😀', 'a:b', '__proto__', 'constructor', '%'])('takes the project %s', async (member) => {
    const { id } = await client.create();
    expect((await add(id, member)).status).toBe(200);
    const path = `/v2/images/${id}/members/${encodeURIComponent(member)}`;
    expect(await (await send('PUT', path, { status: 'accepted' })).json()).toMatchObject({ member_id: member, status: 'accepted' });
    expect((await send('DELETE', path)).status).toBe(204);
  });

  it('refuses a member_status that is none', async () => {
    expect((await client.request('/v2/images?member_status=maybe')).status).toBe(400);
    for (const status of ['pending', 'accepted', 'rejected', 'all']) expect((await client.request(`/v2/images?member_status=${status}`)).status).toBe(200);
  });

  it('lets a deleted image take its members along', async () => {
    const { id } = await client.create();
    await add(id, 'p2');
    expect((await client.delete(id)).status).toBe(204);
    expect((await send('GET', `/v2/images/${id}/members`)).status).toBe(404);
  });
});
