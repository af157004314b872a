import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../support/run.js';
import { Server } from '../support/server.js';

const JSON_BODY = { 'content-type': 'application/json' };
const CONFIRMED = { 'X-Identity-Status': 'Confirmed', 'X-User-Id': 'u', 'X-Roles': 'member' };

/** Every header by which a proxy tells who calls. */
const IDENTITY: Readonly<Record<string, string>> = {
  'X-Identity-Status': 'Invalid', 'X-Roles': 'reader', 'X-Role': 'reader', 'X-User': 'eve', 'X-User-Id': 'eve', 'X-User-Name': 'eve', 'X-Project-Id': 'p-eve',
  'X-Project-Name': 'eve', 'X-Tenant': 'p-eve', 'X-Tenant-Id': 'p-eve', 'X-Tenant-Name': 'eve', 'X-Domain-Id': 'd', 'X-User-Domain-Id': 'd', 'X-Project-Domain-Id': 'd',
  'X-Is-Admin-Project': 'False', 'X-Service-Roles': 'service', 'X-Service-Identity-Status': 'Invalid', 'X-Service-User-Id': 'eve', 'X-Service-Token': 'x', 'X-Auth-Token': 'eve:p-eve:reader',
};

describe('Without authentication', () => {
  let server: Server;
  beforeAll(async () => (server = await Server.start({ memory: true })), 60_000);
  afterAll(() => server.dispose());

  it.each(Object.entries(IDENTITY))('v1 header spoofing: %s means nothing', async (name, value) => {
    const answer = await fetch(`${server.url}/v2/images`, { method: 'POST', headers: { ...JSON_BODY, [name]: value }, body: '{"visibility":"public"}' });
    expect(answer.status).toBe(201);
    expect(await answer.json()).toMatchObject({ owner: null });
  });
});

describe.each(['fakeauth', 'noauth'])('With the test authentication %s', (flavor) => {
  let server: Server;
  beforeAll(async () => (server = await Server.start({ memory: true, conf: `[paste_deploy]\nflavor = ${flavor}+caching\n` })), 60_000);
  afterAll(() => server.dispose());

  const create = (headers: Record<string, string>, image: object = {}) =>
    fetch(`${server.url}/v2/images`, { method: 'POST', headers: { ...JSON_BODY, ...headers }, body: JSON.stringify(image) });
  const status = async (answer: Promise<Response>) => (await answer).status;
  const ownerOf = async (headers: Record<string, string>) => ((await (await create(headers)).json()) as { owner: unknown }).owner;

  it('says at its start that it protects nothing', () => {
    expect(server.output).toContain('protects nothing');
    expect(server.output).toContain('EVERY CALLER IS BELIEVED');
  });

  it('believes identity headers whose status is Confirmed, and refuses any other status', async () => {
    expect(await ownerOf({ ...CONFIRMED, 'X-Tenant-Id': 'p1' })).toBe('p1');
    expect(await ownerOf({ ...CONFIRMED, 'X-Project-Id': 'p2' })).toBe('p2');
    expect(await status(create({ ...CONFIRMED, 'X-Tenant-Id': 'p1' }, { visibility: 'public' }))).toBe(403);
    expect(await status(create({ ...CONFIRMED, 'X-Tenant-Id': 'p1', 'X-Roles': 'reader' }))).toBe(403);
    const refused = await create({ 'X-Identity-Status': 'Invalid', 'X-User-Id': 'u' });
    expect(refused.status).toBe(401);
    expect(refused.headers.get('x-openstack-request-id')).toBeNull();
  });

  it('takes whoever says nothing for an admin of no project', async () => {
    expect(await ownerOf({})).toBeNull();
    expect(await status(create({}, { visibility: 'public', owner: 'p7' }))).toBe(201);
  });

  if (flavor === 'fakeauth') {
    it('takes a token with two colons for its word, whatever the headers say', async () => {
      expect(await ownerOf({ 'X-Auth-Token': 'u:p1:member', ...CONFIRMED, 'X-Tenant-Id': 'p2' })).toBe('p1');
      expect(await status(create({ 'X-Auth-Token': 'u:p1:reader', 'X-Identity-Status': 'Invalid' }))).toBe(403);
      expect(await ownerOf({ 'X-Auth-Token': 'u:NONE:admin' })).toBeNull();
    });

    it('looks at the headers where the token is of another form', async () => {
      expect(await ownerOf({ 'X-Auth-Token': 'a:b:c:d', ...CONFIRMED, 'X-Tenant-Id': 'p2' })).toBe('p2');
      expect(await status(create({ 'X-Auth-Token': 'a:b', 'X-Identity-Status': 'Invalid' }))).toBe(401);
      expect(await ownerOf({ 'X-Auth-Token': 'plain' })).toBeNull();
    });

    it('seed 8: knows an admin by the role in any case, and by no longer name', async () => {
      const publish = (role: string) => status(create({ 'X-Auth-Token': `u:p1:${role}` }, { visibility: 'public' }));
      expect([await publish('admin'), await publish('ADMIN'), await publish('member,Admin')]).toEqual([201, 201, 201]);
      expect([await publish('administrator'), await publish('adminx'), await publish('member')]).toEqual([403, 403, 403]);
    });

    it('CVE-2013-4354, CVE-2012-4573: hides from a project what is another\'s, and lets it touch nothing', async () => {
      const { id } = (await (await create({ 'X-Auth-Token': 'u:p1:member' }, { visibility: 'private' })).json()) as { id: string };
      const other = { 'X-Auth-Token': 'x:p2:member' };
      for (const [method, path] of [['GET', ''], ['DELETE', ''], ['GET', '/file'], ['PUT', '/tags/x'], ['POST', '/actions/deactivate']]) {
        expect(await status(fetch(`${server.url}/v2/images/${id}${path}`, { method, headers: other }))).toBe(404);
      }
      const list = (await (await fetch(`${server.url}/v2/images?visibility=all`, { headers: other })).json()) as { images: { id: string }[] };
      expect(list.images.map((image) => image.id)).not.toContain(id);
      expect(await status(fetch(`${server.url}/v2/images/${id}`, { headers: { 'X-Auth-Token': 'u:p1:reader' } }))).toBe(200);
    });

    it('needs the reader role to list', async () => {
      expect(await status(fetch(`${server.url}/v2/images`, { headers: { 'X-Auth-Token': 'u:p1:' } }))).toBe(403);
      expect(await status(fetch(`${server.url}/v2/images`, { headers: { 'X-Auth-Token': 'u:p1:member' } }))).toBe(200);
    });
  } else {
    it('looks at no token', async () => {
      expect(await ownerOf({ 'X-Auth-Token': 'u:p1:member' })).toBeNull();
    });
  }
});

describe('The legacy rules', () => {
  it('let a reader of the owning project change its images', async () => {
    const server = await Server.start({ memory: true, conf: '[paste_deploy]\nflavor = fakeauth\n[oslo_policy]\nenforce_new_defaults = False\n' });
    try {
      const headers = { ...JSON_BODY, 'X-Auth-Token': 'u:p1:anything' };
      const made = await fetch(`${server.url}/v2/images`, { method: 'POST', headers, body: '{}' });
      expect(made.status).toBe(201);
      const { id } = (await made.json()) as { id: string };
      expect((await fetch(`${server.url}/v2/images/${id}/tags/x`, { method: 'PUT', headers: { 'X-Auth-Token': 'u:p1:anything' } })).status).toBe(204);
    } finally {
      await server.dispose();
    }
  }, 60_000);
});

describe('A test authentication', () => {
  const start = async (conf: string) => {
    const folder = mkdtempSync(join(tmpdir(), 'afterimage-flavor-'));
    const file = join(folder, 'glance-api.conf');
    writeFileSync(file, conf);
    const ended = await run('node', ['dist/src/main.js', 'serve', '--memory', '--state-dir', folder, '--config-file', file]);
    rmSync(folder, { recursive: true });
    return ended;
  };

  it.each([
    ['another address than loopback', '[DEFAULT]\nbind_host = 0.0.0.0\n[paste_deploy]\nflavor = fakeauth\n', 'allow_insecure_bind'],
    ['Keystone asked for, and nothing said of it', '[paste_deploy]\nflavor = keystone+caching\n', 'auth_url'], ['two at once', '[paste_deploy]\nflavor = fakeauth+noauth\n', 'flavor'],
  ])('does not start with %s', async (_what, conf, said) => {
    const { code, stderr } = await start(conf);
    expect(code).not.toBe(0);
    expect(stderr).toContain(said);
  }, 30_000);
});
