import { ImageClient } from '../support/image-client.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';
import { Server } from '../support/server.js';
import { FAKEAUTH, TOKENS } from '../support/story.js';
import { V1Client, type ImageV1 } from '../support/v1-client.js';

describe.each([{ memory: true }, { memory: false }])('Images API v1: lists and members (memory drivers: $memory)', ({ memory }) => {
  let database: TestDatabase | undefined;
  let server: Server;
  let alice: V1Client;
  let bob: V1Client;
  let carol: V1Client;
  let root: V1Client;
  const ids: Record<string, string> = {};
  beforeAll(async () => {
    database = memory ? undefined : await testDatabase();
    server = await Server.start({ memory, conf: `image_member_quota = 3\n${FAKEAUTH}${database ? `[database]\nconnection = ${database.url}\n` : ''}` });
    alice = new V1Client(server, TOKENS.alice);
    [bob, carol, root] = [alice.as(TOKENS.bob), alice.as(TOKENS.carol), alice.as(TOKENS.root)];
    const make = async (client: V1Client, name: string, headers: Record<string, string> = {}, data?: string) => {
      ids[name] = (await client.create({ 'x-image-meta-name': name, ...headers }, data)).id;
    };
    await make(alice, 'small', { 'x-image-meta-property-os': 'debian', 'x-image-meta-min_disk': '5' }, 'x');
    await make(alice, 'large', { 'x-image-meta-disk_format': 'qcow2', 'x-image-meta-protected': 'True' });
    await make(root, 'open', { 'x-image-meta-is_public': 'True' }, 'y'.repeat(10));
    await make(bob, 'of bob');
    await make(alice, 'gone');
    await alice.send('DELETE', `/images/${ids['gone']}`);
    await alice.send('POST', '/images', { 'x-image-meta-disk_format': 'raw', 'x-image-meta-container_format': 'bare', 'x-image-meta-name': 'killed', 'content-type': 'text/plain' }, 'x');
    await new ImageClient(server, TOKENS.alice).create({ name: 'hidden', os_hidden: true });
    await new ImageClient(server, TOKENS.bob).create({ name: 'community', visibility: 'community' });
  }, 60_000);
  afterAll(async () => {
    await server.dispose();
    await database?.drop();
  });

  it.each<[string, string[]]>([
    ['', ['hidden', 'open', 'large', 'small']], ['?sort_key=name&sort_dir=asc', ['hidden', 'large', 'open', 'small']], ['?limit=2', ['hidden', 'open']], ['?limit=0', []], ['?name=open', ['open']], ['?status=active', ['open', 'small']],
    ['?status=killed', []], ['?status=deleted', []], ['?disk_format=qcow2', ['large']], ['?container_format=ovf', []], ['?protected=true', ['large']], ['?protected=0', ['hidden', 'open', 'small']], ['?size_min=2', ['open']], ['?size_max=1', ['small']],
    ['?min_disk=5', ['small']], ['?min_ram=5', []], ['?property-os=debian', ['small']], ['?property-os=x', []], ['?unknown=1&is_public=nonsense&deleted=true', ['hidden', 'open', 'large', 'small']],
  ])('shows a user with %p its own, shared and public ones: %p', async (query, names) => {
    expect(await alice.names(query)).toEqual(names);
  });

  it.each<[string, string[]]>([
    ['', ['open']], ['?is_public=True', ['open']], ['?is_public=None', ['community', 'hidden', 'of bob', 'open', 'large', 'small']], ['?is_public=false', ['community', 'hidden', 'of bob', 'large', 'small']],
    ['?is_public=None&deleted=true', ['gone']], ['?is_public=None&deleted=false&name=gone', []],
  ])('shows an admin with %p: %p', async (query, names) => {
    expect(await root.names(query)).toEqual(names);
  });

  it.each([
    'limit=-1', 'limit=x', 'marker=x', 'marker=11111111-1111-4111-8111-111111111111', 'sort_key=owner', 'sort_dir=sideways', 'size_min=-1', 'size_max=x', 'min_ram=x', 'protected=maybe', 'changes-since=yesterday', 'name=%00',
  ])('refuses ?%s with 400', async (query) => {
    expect(await alice.status('GET', `/images?${query}`)).toBe(400);
  });

  it('refuses an admin what it cannot mean', async () => {
    for (const query of ['is_public=maybe', 'deleted=maybe']) expect(await root.status('GET', `/images/detail?${query}`)).toBe(400);
  });

  it('goes on after a marker, and shows little in the brief list', async () => {
    expect(await alice.names(`?limit=2&marker=${ids['open']}`)).toEqual(['large', 'small']);
    const { body } = await alice.send('GET', '/images?name=small');
    expect(JSON.parse(body.toString())).toEqual({ images: [{ id: ids['small'], name: 'small', disk_format: 'raw', container_format: 'bare', checksum: '9dd4e461268c8034f5c8564e155c67a6', size: 1 }] });
    expect((await alice.send('GET', '/')).body.toString()).toBe((await alice.send('GET', '/images')).body.toString());
  });

  it('tells what has changed since a time, deleted and killed ones too, to who could see them', async () => {
    const since = async (client: V1Client, time: string, more = '') => (await client.names(`?changes-since=${encodeURIComponent(time)}${more}`)).toSorted();
    expect(await since(alice, '2020-01-01T00:00:00')).toEqual(['gone', 'hidden', 'killed', 'large', 'open', 'small']);
    expect(await since(alice, '2020-01-01T00:00:00+02:00', '&name=gone')).toEqual(['gone']);
    expect(await since(bob, '2020-01-01')).toEqual(['community', 'of bob', 'open']);
    expect(await since(alice, '2999-01-01T00:00:00Z')).toEqual([]);
  });

  const members = async (client: V1Client, image: string): Promise<unknown> => (JSON.parse((await client.send('GET', `/images/${image}/members`)).body.toString()) as { members: unknown }).members;

  it('shares an image at once, and on from there only by who may', async () => {
    const { id } = await alice.create({ 'x-image-meta-name': 'shared' });
    expect(await bob.meta(id)).toMatchObject({ ':status': '404' });
    expect(await alice.status('PUT', `/images/${id}/members/blue`)).toBe(204);
    expect(await members(alice, id)).toEqual([{ member_id: 'blue', can_share: false }]);
    expect(await bob.names('?name=shared')).toEqual(['shared']);
    expect(await bob.status('PUT', `/images/${id}/members/green`)).toBe(404);
    expect(await alice.status('PUT', `/images/${id}/members/blue`, {}, '{"member":{"can_share":true}}')).toBe(204);
    expect(await bob.status('PUT', `/images/${id}/members/green`)).toBe(204);
    expect(await members(carol, id)).toEqual([{ member_id: 'green', can_share: false }]);
    expect(await alice.status('PUT', `/images/${id}/members/blue`)).toBe(204);
    expect(await members(alice, id)).toEqual([{ member_id: 'blue', can_share: true }, { member_id: 'green', can_share: false }]);
    expect(JSON.parse((await bob.send('GET', '/shared-images/blue')).body.toString())).toEqual({ shared_images: [{ image_id: id, can_share: true }] });
    expect(JSON.parse((await carol.send('GET', '/shared-images/blue')).body.toString())).toEqual({ shared_images: [] });
    expect([await alice.status('DELETE', `/images/${id}/members/blue`), await alice.status('DELETE', `/images/${id}/members/blue`)]).toEqual([204, 404]);
    expect(await bob.meta(id)).toMatchObject({ ':status': '404' });
  });

  it('replaces all members at once, within the quota', async () => {
    const { id } = await alice.create();
    const replace = (memberships: unknown) => alice.status('PUT', `/images/${id}/members`, {}, JSON.stringify({ memberships }));
    expect(await replace([{ member_id: 'blue', can_share: true }, { member_id: 'green' }])).toBe(204);
    expect(await replace([{ member_id: 'blue' }])).toBe(204);
    expect(await members(alice, id)).toEqual([{ member_id: 'blue', can_share: true }]);
    expect(await replace(['a', 'b', 'c', 'd'].map((member_id) => ({ member_id })))).toBe(413);
    for (const wrong of [{}, null, [1], [{}], [{ member_id: '' }], [{ member_id: 'x'.repeat(256) }]]) expect(await replace(wrong)).toBe(400);
    expect(await alice.status('PUT', `/images/${id}/members/blue`, {}, '{"member": 1}')).toBe(400);
    expect(await alice.status('PUT', `/images/${id}/members/blue`, {}, '{"member"')).toBe(400);
    expect(await members(alice, id)).toEqual([{ member_id: 'blue', can_share: true }]);
  });

  it('seed 19: an admin shares any image, whoever owns it and however it is shared', async () => {
    const { id } = await alice.create();
    const priv = await new ImageClient(server, TOKENS.alice).create({ visibility: 'private' });
    for (const image of [id, priv.id]) {
      expect(await root.status('PUT', `/images/${image}/members/blue`)).toBe(204);
      expect(await bob.meta(image)).toMatchObject({ ':status': '200' });
      expect(await root.status('DELETE', `/images/${image}/members/blue`)).toBe(204);
      expect(await bob.meta(image)).toMatchObject({ ':status': '404' });
    }
    expect(await bob.status('PUT', `/images/${id}/members/green`)).toBe(404);
    expect(await alice.as('x:none:member').status('PUT', `/images/${id}/members/green`)).toBe(401);
  });

  it('gives the members of an image to nobody that cannot see it', async () => {
    const { id }: Pick<ImageV1, 'id'> = await alice.create();
    expect([await bob.status('GET', `/images/${id}/members`), await bob.status('GET', '/images/x/members'), await alice.status('GET', `/images/${id}/members/blue`)]).toEqual([404, 404, 405]);
  });
});
