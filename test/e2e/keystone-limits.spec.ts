import { openUpload } from '../support/chunked-upload.js';
import { eventually } from '../support/eventually.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';
import { limit, projectId, publish } from '../support/keystone-cloud.js';
import { Keystone } from '../support/keystone.js';
import { Server } from '../support/server.js';

/** Keystone takes a tenth of a second for each question, and several are asked for each change. */
const SLOW = 60_000;
const MIB = 2 ** 20;
const RESOURCES = ['image_size_total', 'image_stage_total', 'image_count_total', 'image_count_uploading'];

/** As Tempest's ImageQuotaTest goes about it: limits are changed while the server runs. */
describe('Limits that are registered in Keystone', () => {
  let keystone: Keystone;
  let database: TestDatabase;
  let server: Server;
  let service: string;
  let token: string;
  let project: string;

  beforeAll(async () => {
    keystone = await Keystone.start();
    const published = await publish(keystone, 'image', 'http://127.0.0.1:9292');
    service = published.service;
    for (const name of RESOURCES) await limit(keystone, service, name, 100);
    database = await testDatabase();
    const limits = keystone.credentials().replace(/project_\w+ = .*\n/g, '');
    server = await Server.start({
      conf: `use_keystone_limits = True\nuser_storage_quota = 1\n${keystone.conf(`[oslo_limit]\nendpoint_id = ${published.endpoint}\nsystem_scope = all\n${limits}`)}[database]\nconnection = ${database.url}\n`,
    });
    token = await keystone.token({ user: 'red-member', project: 'red' });
    project = projectId(keystone, 'red');
  }, 120_000);
  afterAll(async () => {
    await server.dispose();
    await database.drop();
    await keystone.stop();
  }, 60_000);
  beforeEach(async () => {
    for (const { id } of (await json<{ images: { id: string }[] }>('GET', '/v2/images')).images) await call('DELETE', `/v2/images/${id}`);
    for (const name of RESOURCES) await limit(keystone, service, name, 10, project);
  }, SLOW);

  const call = (method: string, path: string, body?: object | Uint8Array, as = token) => fetch(`${server.url}${path}`, {
    method,
    headers: { 'x-auth-token': as, 'content-type': body instanceof Uint8Array ? 'application/octet-stream' : 'application/json' },
    ...(body === undefined ? {} : { body: body instanceof Uint8Array ? body as Uint8Array<ArrayBuffer> : JSON.stringify(body) }),
  });
  const json = async <T>(method: string, path: string, as?: string) => (await (await call(method, path, undefined, as)).json()) as T;
  const create = () => call('POST', '/v2/images', { name: 'x', disk_format: 'raw', container_format: 'bare', visibility: 'private' });
  const created = async () => ((await (await create()).json()) as { id: string }).id;
  const upload = async (id: string, size = MIB) => (await call('PUT', `/v2/images/${id}/file`, new Uint8Array(size))).status;
  const usage = async (as?: string) => (await json<{ usage: Record<string, { usage: number; limit: number }> }>('GET', '/v2/info/usage', as)).usage;

  it('hold the number of images, and a raised limit holds at once', async () => {
    await limit(keystone, service, 'image_count_total', 1, project);
    const first = await created();
    const refused = await create();
    expect([refused.status, await refused.text()]).toEqual([413, expect.stringContaining('Resource image_count_total is over limit of 1 due to current usage 1 and delta 1')]);
    await limit(keystone, service, 'image_count_total', 2, project);
    expect((await create()).status).toBe(201);
    expect((await create()).status).toBe(413);
    expect((await call('DELETE', `/v2/images/${first}`)).status).toBe(204);
    expect((await create()).status).toBe(201);
  }, SLOW);

  it('let one upload pass the limit of bytes and refuse the next, until an image is deleted', async () => {
    await limit(keystone, service, 'image_size_total', 1, project);
    const images = [await created(), await created(), await created(), await created()];
    expect([await upload(images[0] ?? ''), await upload(images[1] ?? ''), await upload(images[2] ?? '')]).toEqual([204, 204, 413]);
    await limit(keystone, service, 'image_size_total', 2, project);
    expect([await upload(images[2] ?? ''), await upload(images[3] ?? '')]).toEqual([204, 413]);
    await call('DELETE', `/v2/images/${images[0]}`);
    expect(await upload(images[3] ?? '')).toBe(204);
  }, SLOW);

  it('hold the number of uploads that run at once, and leave the image that was refused queued', async () => {
    await limit(keystone, service, 'image_count_uploading', 1, project);
    const [first, second] = [await created(), await created()];
    const { upload: running, answer } = openUpload(server, first, { 'x-auth-token': token });
    running.write(Buffer.alloc(4096));
    await eventually(async () => expect(await json('GET', `/v2/images/${first}`)).toMatchObject({ status: 'saving' }));
    expect(await upload(second)).toBe(413);
    expect(await json('GET', `/v2/images/${second}`)).toMatchObject({ status: 'queued', size: null });
    expect((await usage())['image_count_uploading']).toEqual({ usage: 1, limit: 1 });
    running.end();
    expect(await answer).toBe(204);
    expect(await upload(second)).toBe(204);
    expect((await usage())['image_count_uploading']).toEqual({ usage: 0, limit: 1 });
  }, SLOW);

  it('are told with what is used of them, to each project its own', async () => {
    await upload(await created(), 3 * MIB);
    await created();
    expect(await usage()).toEqual({
      image_size_total: { usage: 3, limit: 10 }, image_stage_total: { usage: 0, limit: 10 }, image_count_total: { usage: 2, limit: 10 }, image_count_uploading: { usage: 0, limit: 10 },
    });
    const other = await keystone.token({ user: 'blue-reader', project: 'blue' });
    expect((await usage(other))['image_count_total']).toEqual({ usage: 0, limit: 100 });
  }, SLOW);

  it('take the place of user_storage_quota', async () => {
    expect(await upload(await created(), 2 * MIB)).toBe(204);
  }, SLOW);

  it('that cannot be asked for refuse with 503 what they limit, and nothing is left', async () => {
    const id = await created();
    await usage();
    await keystone.down();
    try {
      const refused = await create();
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
      expect(await upload(id)).toBe(503);
      expect(await json('GET', `/v2/images/${id}`)).toMatchObject({ status: 'queued' });
    } finally {
      await keystone.up();
    }
    expect(await upload(id)).toBe(204);
  }, SLOW);
});
