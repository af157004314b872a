import { openUpload } from '../support/chunked-upload.js';
import { eventually } from '../support/eventually.js';
import { ensureRole, projectId, publish } from '../support/keystone-cloud.js';
import { Keystone, PASSWORD } from '../support/keystone.js';
import { Server } from '../support/server.js';

/** Keystone takes a tenth of a second for each question. */
const SLOW = 60_000;
const CACHED_S = 2;

describe('With [paste_deploy] flavor = keystone', () => {
  let keystone: Keystone;
  let server: Server;
  let red: string;

  beforeAll(async () => {
    keystone = await Keystone.start();
    server = await Server.start({ memory: true, conf: keystone.conf(`token_cache_time = ${CACHED_S}\n`) });
    await publish(keystone, 'image', server.url);
    red = await keystone.token({ user: 'red-member', project: 'red' });
  }, SLOW);
  afterAll(async () => {
    await server.dispose();
    await keystone.stop();
  }, SLOW);

  const call = (method: string, path: string, headers: Readonly<Record<string, string>> = {}, body?: object) => fetch(`${server.url}${path}`, {
    method, headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers }, redirect: 'manual', ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const statusWith = async (token: string, more: Readonly<Record<string, string>> = {}) => (await call('GET', '/v2/images', { 'x-auth-token': token, ...more })).status;
  const create = async (token: string, image: object = {}) => {
    const answer = await call('POST', '/v2/images', { 'x-auth-token': token }, { disk_format: 'raw', container_format: 'bare', ...image });
    return { status: answer.status, image: (await answer.json().catch(() => ({}))) as { id: string; owner: string } };
  };

  it.each([['GET', '/v2/images'], ['HEAD', '/v2/images'], ['POST', '/v2/images'], ['GET', '/v2/schemas/image'], ['GET', '/v2/nonsense'], ['PUT', '/v2/images/x/file'], ['OPTIONS', '/v2/images']])(
    'nobody is told anything without a token, by %s %s', async (method, path) => {
      const answer = await call(method, path);
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, `Keystone uri="${keystone.url}"`]);
      expect(answer.headers.has('x-openstack-request-id')).toBe(false);
      if (method !== 'HEAD') expect(await answer.json()).toEqual({ error: { code: 401, title: 'Unauthorized', message: 'The request you have made requires authentication.' } });
    });

  it.each(['/', '/versions', '/healthcheck', '/openapi.json'])('%s is told to everybody', async (path) => {
    expect((await call('GET', path)).status).toBeLessThan(401);
  });

  it('a token is its user in its project, and a wrong one is nobody', async () => {
    const { status, image } = await create(red);
    expect([status, image.owner]).toEqual([201, projectId(keystone, 'red')]);
    for (const token of ['nonsense', `${red}x`, red.slice(1), 'red-member:red:admin', 'x'.repeat(10_000)]) expect(await statusWith(token)).toBe(401);
  }, SLOW);

  it('v1 header spoofing: who a client says it is means nothing, by any header that a middleware would set', async () => {
    const told = {
      'x-identity-status': 'Confirmed', 'x-roles': 'admin', 'x-role': 'admin', 'x-user-id': 'root', 'x-user': 'root', 'x-user-name': 'root', 'x-project-id': 'p', 'x-tenant-id': 'p',
      'x-tenant': 'p', 'x-tenant-name': 'p', 'x-project-name': 'p', 'x-is-admin-project': 'True', 'x-service-identity-status': 'Confirmed', 'x-service-roles': 'service,admin',
      'x-service-user-id': 'nova', 'x-service-catalog': '[]', 'openstack-system-scope': 'all', 'x-domain-id': 'default',
    };
    expect((await call('GET', '/v2/images', told)).status).toBe(401);
    const answer = await call('POST', '/v2/images', { 'x-auth-token': red, ...told }, { visibility: 'public' });
    expect(answer.status).toBe(403);
    expect((await (await call('POST', '/v2/images', { 'x-auth-token': red, ...told }, {})).json() as { owner: string }).owner).toBe(projectId(keystone, 'red'));
  }, SLOW);

  it('seed 8: the role ADMIN is admin, adminx and administrator are not', async () => {
    const outcomes: Record<string, number> = {};
    for (const name of ['adminx', 'administrator']) {
      await keystone.request('POST', '/users', { user: { name, password: PASSWORD, domain_id: 'default' } }).then(async (made) => {
        const { id } = (made as { user: { id: string } }).user;
        for (const role of [name, 'member']) await keystone.request('PUT', `/projects/${projectId(keystone, 'blue')}/users/${id}/roles/${await ensureRole(keystone, role)}`);
      });
      outcomes[name] = (await create(await keystone.token({ user: name, project: 'blue' }), { visibility: 'public' })).status;
    }
    const admin = await ensureRole(keystone, 'admin');
    await keystone.request('PATCH', `/roles/${admin}`, { role: { name: 'ADMIN' } });
    try {
      outcomes['ADMIN'] = (await create(await keystone.token({ user: 'blue-admin', project: 'blue' }), { visibility: 'public' })).status;
    } finally {
      await keystone.request('PATCH', `/roles/${admin}`, { role: { name: 'admin' } });
    }
    expect(outcomes).toEqual({ adminx: 403, administrator: 403, ADMIN: 201 });
  }, SLOW);

  it('a revoked token ends within token_cache_time', async () => {
    const token = await keystone.token({ user: 'red-reader', project: 'red' });
    expect(await statusWith(token)).toBe(200);
    await keystone.revoke(token);
    await eventually(async () => expect(await statusWith(token)).toBe(401));
  }, SLOW);

  it('a token without a role that means anything reads nothing', async () => {
    expect(await statusWith(await keystone.token({ user: 'red-idle', project: 'red' }))).toBe(403);
  }, SLOW);

  it('a token of another Keystone is nobody\'s', async () => {
    const elsewhere = await Keystone.start();
    try {
      expect(await statusWith(await elsewhere.token({ user: 'red-admin', project: 'red' }))).toBe(401);
    } finally {
      await elsewhere.stop();
    }
  }, SLOW);

  it('a service\'s token is told with the events\' actor, a wrong one spoils the request', async () => {
    const service = await keystone.token({ user: 'glance', project: 'services' });
    expect(await statusWith(red, { 'x-service-token': service })).toBe(200);
    expect(await statusWith(red, { 'x-service-token': 'nonsense' })).toBe(401);
    expect(await statusWith('nonsense', { 'x-service-token': service })).toBe(401);
  }, SLOW);

  it('an application credential may be bound to paths, which a service need not mind', async () => {
    const login = { methods: ['password'], password: { user: { name: 'red-member', domain: { id: 'default' }, password: PASSWORD } } };
    const own = await keystone.authenticate({ identity: login, scope: { project: { name: 'red', domain: { id: 'default' } } } });
    const me = (await keystone.request<{ token: { user: { id: string } } }>('GET', '/auth/tokens', undefined, { 'x-auth-token': own, 'x-subject-token': own })).token.user.id;
    const { application_credential: made } = await keystone.request<{ application_credential: { id: string } }>('POST', `/users/${me}/application_credentials`, {
      application_credential: { name: 'lister', secret: 's', access_rules: [{ service: 'image', method: 'GET', path: '/v2/images' }, { service: 'image', method: 'GET', path: '/v2/images/*/members' }] },
    }, { 'x-auth-token': own });
    const token = await keystone.authenticate({ identity: { methods: ['application_credential'], application_credential: { id: made.id, secret: 's' } } });
    const { image } = await create(red, { visibility: 'shared' });
    const asked = async (method: string, path: string, more = {}) => (await call(method, path, { 'x-auth-token': token, ...more })).status;
    expect(await asked('GET', '/v2/images?limit=1')).toBe(200);
    expect(await asked('GET', `/v2/images/${image.id}/members`)).toBe(200);
    expect(await asked('GET', `/v2/images/${image.id}`)).toBe(401);
    expect(await asked('DELETE', `/v2/images/${image.id}`)).toBe(401);
    const service = await keystone.token({ user: 'glance', project: 'services' });
    expect(await asked('GET', `/v2/images/${image.id}`, { 'x-service-token': service })).toBe(200);
  }, SLOW);

  it('while Keystone is down new tokens get 503 and are not let in, those just validated go on; then all is as before', async () => {
    const known = await keystone.token({ user: 'green-member', project: 'green' });
    const unknown = await keystone.token({ user: 'green-reader', project: 'green' });
    await statusWith(known);
    await keystone.down();
    try {
      expect(await statusWith(known)).toBe(200);
      const refused = await call('GET', '/v2/images', { 'x-auth-token': unknown });
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
      expect(await refused.text()).toContain('The Keystone service is temporarily unavailable.');
      expect((await call('GET', '/v2/images')).status).toBe(401);
    } finally {
      await keystone.up();
    }
    expect(await statusWith(unknown)).toBe(200);
  }, SLOW);

  it('an upload ends well though its token ended on the way, which is good for nothing else, but with a service\'s', async () => {
    await keystone.letTokensLive(4);
    try {
      const token = await keystone.token({ user: 'red-member', project: 'red' });
      const { image } = await create(token);
      const { upload, answer } = openUpload(server, image.id, { 'x-auth-token': token });
      upload.write(Buffer.alloc(4096));
      await eventually(async () => expect(await statusWith(token)).toBe(401));
      upload.end(Buffer.alloc(4096));
      expect(await answer).toBe(204);
      expect(await statusWith(token)).toBe(401);
      const service = await keystone.token({ user: 'glance', project: 'services' });
      expect(await statusWith(token, { 'x-service-token': service })).toBe(200);
      const shown = await call('GET', `/v2/images/${image.id}`, { 'x-auth-token': token, 'x-service-token': await keystone.token({ user: 'glance', project: 'services' }) });
      expect(await shown.json()).toMatchObject({ status: 'active', size: 8192 });
    } finally {
      await keystone.letTokensLive(3600);
    }
  }, SLOW);
});

describe('With allow_anonymous_access', () => {
  let keystone: Keystone;
  let server: Server;
  beforeAll(async () => {
    keystone = await Keystone.start();
    server = await Server.start({ memory: true, conf: `allow_anonymous_access = True\n${keystone.conf()}` });
  }, SLOW);
  afterAll(async () => {
    await server.dispose();
    await keystone.stop();
  }, SLOW);

  it('user-asks 33: who has no token sees what is public, what is community or nobody\'s by its id, nothing that is shared, and changes nothing', async () => {
    const admin = await keystone.token({ user: 'red-admin', project: 'red' });
    const send = (method: string, path: string, body?: object, token?: string) => fetch(`${server.url}${path}`, {
      method, headers: { 'content-type': 'application/json', ...(token === undefined ? {} : { 'x-auth-token': token }) }, ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const made: Record<string, string> = {};
    for (const visibility of ['public', 'community', 'shared', 'private']) made[visibility] = ((await (await send('POST', '/v2/images', { name: visibility, visibility }, admin)).json()) as { id: string }).id;
    await send('POST', `/v2/images/${made['shared']}/members`, { member: 'blue' }, admin);
    const listed = (await (await send('GET', '/v2/images')).json()) as { images: { name: string }[] };
    expect(listed.images.map(({ name }) => name)).toEqual(['public']);
    const shown: Record<string, number> = {};
    for (const [visibility, id] of Object.entries(made)) shown[visibility] = (await send('GET', `/v2/images/${id}`)).status;
    expect(shown).toEqual({ public: 200, community: 200, shared: 404, private: 404 });
    expect((await send('POST', '/v2/images', {})).status).toBe(403);
    expect((await send('DELETE', `/v2/images/${made['public']}`)).status).toBe(403);
    expect((await send('PUT', `/v2/images/${made['public']}/tags/x`)).status).toBe(403);
    expect((await send('GET', '/v2/images', undefined, 'nonsense')).status).toBe(401);
  }, SLOW);
});
