import { ImageClient } from '../support/image-client.js';
import { Server } from '../support/server.js';

interface Shared {
  readonly id: string;
  readonly updated_at: string;
}

const TOKENS = { alice: 'alice:red:member', rita: 'rita:red:reader', bob: 'bob:blue:member', carol: 'carol:green:member', root: 'root:operators:admin' };
type Person = keyof typeof TOKENS;

describe.each([{ memory: false }, { memory: true }])('an image shared between three projects (memory drivers: $memory)', ({ memory }) => {
  let server: Server;
  let client: ImageClient;
  let image: Shared;
  beforeAll(async () => {
    server = await Server.start({ memory, conf: '[paste_deploy]\nflavor = fakeauth\n' });
    client = new ImageClient(server);
    image = (await (await as('alice', 'POST', '/v2/images', { name: 'shared', disk_format: 'raw', container_format: 'bare' })).json()) as Shared;
    await client.request(`/v2/images/${image.id}/file`, { method: 'PUT', headers: { 'x-auth-token': TOKENS.alice, 'content-type': 'application/octet-stream' }, body: 'data' });
  }, 60_000);
  afterAll(() => server.dispose());

  const as = (person: Person, method: string, path: string, body?: object) =>
    client.request(path, {
      method, headers: { 'x-auth-token': TOKENS[person], ...(body ? { 'content-type': 'application/json' } : {}) }, ...(body ? { body: JSON.stringify(body) } : {}),
    });
  const status = async (person: Person, method: string, path: string, body?: object) => (await as(person, method, path, body)).status;
  const members = () => `/v2/images/${image.id}/members`;
  const seenBy = async (person: Person, query = '') => {
    const page = (await (await as(person, 'GET', `/v2/images${query}`)).json()) as { images: Shared[] };
    return page.images.some(({ id }) => id === image.id);
  };
  const patch = (visibility: string) =>
    client.request(`/v2/images/${image.id}`, {
      method: 'PATCH', headers: { 'x-auth-token': TOKENS.alice, 'content-type': 'application/openstack-images-v2.1-json-patch' },
      body: JSON.stringify([{ op: 'replace', path: '/visibility', value: visibility }]),
    });

  it('is missing for everybody else at first', async () => {
    for (const path of ['', '/file', '/members', '/members/blue']) expect(await status('bob', 'GET', `/v2/images/${image.id}${path}`)).toBe(404);
    expect(await status('bob', 'POST', members(), { member: 'blue' })).toBe(404);
    expect(await seenBy('bob', '?visibility=all&member_status=all')).toBe(false);
  });

  it('is shared by its owner, not by a reader of it', async () => {
    expect(await status('rita', 'POST', members(), { member: 'blue' })).toBe(403);
    expect(await status('alice', 'POST', members(), { members: ['blue', 'green'] })).toBe(200);
    expect(((await (await as('rita', 'GET', members())).json()) as { members: object[] }).members).toHaveLength(2);
  });

  it('CVE-2013-4354: can be shown and downloaded by a member that has not decided, but is not in its list', async () => {
    expect(await status('bob', 'GET', `/v2/images/${image.id}`)).toBe(200);
    expect(await (await as('bob', 'GET', `/v2/images/${image.id}/file`)).text()).toBe('data');
    expect([await seenBy('bob'), await seenBy('bob', '?visibility=shared'), await seenBy('bob', '?visibility=all')]).toEqual([false, false, false]);
    expect([await seenBy('bob', '?member_status=pending'), await seenBy('bob', '?member_status=all&visibility=shared')]).toEqual([true, true]);
    expect(await seenBy('bob', '?member_status=accepted')).toBe(false);
  });

  it('is accepted by each member for itself alone', async () => {
    const accepted = { status: 'accepted' };
    expect(await status('alice', 'PUT', `${members()}/blue`, accepted)).toBe(403);
    expect(await status('bob', 'PUT', `${members()}/green`, accepted)).toBe(404);
    expect(await status('bob', 'PUT', `${members()}/blue`, accepted)).toBe(200);
    expect([await seenBy('bob'), await seenBy('carol')]).toEqual([true, false]);
    expect(await status('root', 'PUT', `${members()}/green`, { status: 'rejected' })).toBe(200);
    expect([await seenBy('carol', '?member_status=rejected'), await seenBy('carol')]).toEqual([true, false]);
  });

  it('is not changed, shared further or unshared by a member, which knows its own row only', async () => {
    expect(await status('bob', 'DELETE', `/v2/images/${image.id}`)).toBe(403);
    expect(await status('bob', 'POST', members(), { member: 'yellow' })).toBe(403);
    expect(await status('bob', 'DELETE', `${members()}/blue`)).toBe(403);
    expect(await status('bob', 'GET', `${members()}/green`)).toBe(404);
    expect(await (await as('bob', 'GET', members())).json()).toMatchObject({ members: [{ member_id: 'blue', status: 'accepted' }] });
  });

  it('pages through what is shared as through the rest', async () => {
    const page = (await (await as('bob', 'GET', '/v2/images?limit=1&sort=name:asc')).json()) as { images: Shared[]; next: string };
    expect(page.images.map(({ id }) => id)).toEqual([image.id]);
    expect(await (await as('bob', 'GET', page.next)).json()).toMatchObject({ images: [] });
    expect(await status('bob', 'GET', `/v2/images?marker=${image.id}`)).toBe(200);
  });

  it('is hidden from members while it is private, and comes back with their decisions', async () => {
    await patch('private');
    expect([await status('bob', 'GET', `/v2/images/${image.id}`), await seenBy('bob', '?member_status=all')]).toEqual([404, false]);
    expect(await status('bob', 'GET', `/v2/images?marker=${image.id}`)).toBe(400);
    await patch('shared');
    expect([await status('bob', 'GET', `/v2/images/${image.id}`), await seenBy('bob'), await seenBy('carol')]).toEqual([200, true, false]);
  });

  it('is missing again for a member that it is shared with no more', async () => {
    expect(await status('alice', 'DELETE', `${members()}/blue`)).toBe(204);
    expect([await status('bob', 'GET', `/v2/images/${image.id}`), await seenBy('bob', '?member_status=all')]).toEqual([404, false]);
    expect(await status('root', 'POST', members(), { member: 'blue' })).toBe(200);
    expect([await status('bob', 'GET', `/v2/images/${image.id}`), await seenBy('bob')]).toEqual([200, false]);
  });
});
