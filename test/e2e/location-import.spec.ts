import { createHash } from 'node:crypto';
import { eventually } from '../support/eventually.js';
import { ImageClient, type Document } from '../support/image-client.js';
import { Origin } from '../support/origin.js';
import { Server } from '../support/server.js';

interface TaskDocument {
  readonly id: string;
  readonly type: string;
  readonly status: string;
  readonly message: string;
  readonly input: Record<string, unknown>;
  readonly [key: string]: unknown;
}

const DATA = 'the bytes of a';
const hash = (algorithm: string, data = DATA) => createHash(algorithm).update(data).digest('hex');

/** A location that is added by POST (images-v2 §11.2), as a task. */
describe.each([{ memory: false }, { memory: true }])('A place added by POST (memory drivers: $memory)', ({ memory }) => {
  let origin: Origin;
  let server: Server;
  let client: ImageClient;
  const conf = (more = '') => [
    'http_retries = 1', more, 'image_size_cap = 100000', '[import_filtering_opts]', 'allow_private_addresses = True', `allowed_ports = ${new URL(origin.url).port}`,
    '[glance_store]', memory ? 'stores = memory,http\ndefault_store = memory' : 'stores = file,http',
  ].join('\n');
  beforeAll(async () => {
    origin = await Origin.start();
    origin.files.set('/a', Buffer.from(DATA)).set('/a?signature=s3cret', Buffer.from(DATA));
    server = await Server.start({ memory, conf: `${conf()}\n` });
    client = new ImageClient(server);
  }, 60_000);
  afterAll(async () => {
    await server.dispose();
    await origin.close();
  });

  const add = (id: string, path = '/a', more: object = {}, by = client) => by.request(`/v2/images/${id}/locations`, { method: 'POST', body: JSON.stringify({ url: origin.url + path, ...more }) });
  const tasksOf = async (id: string, by = client): Promise<TaskDocument[]> => ((await (await by.request(`/v2/images/${id}/tasks`)).json()) as { tasks: TaskDocument[] }).tasks;
  const ended = async (id: string): Promise<TaskDocument> => {
    let task: TaskDocument | undefined;
    await eventually(async () => {
      [task] = await tasksOf(id);
      expect(['success', 'failure']).toContain(task?.status);
    });
    if (!task) throw new Error('there is no task');
    return task;
  };

  it('is hashed after the image became active, and its task tells of it', async () => {
    const { id } = await client.create();
    const answer = await add(id);
    expect([answer.status, await answer.text()]).toEqual([202, '']);
    expect(await client.show(id)).toMatchObject({ status: 'active', size: DATA.length });
    await eventually(async () => expect(await client.show(id)).toMatchObject({ checksum: hash('md5'), os_hash_algo: 'sha512', os_hash_value: hash('sha512') }));
    const task = await ended(id);
    expect(Object.keys(task)).toEqual([
      'id', 'type', 'status', 'owner', 'expires_at', 'created_at', 'updated_at', 'deleted_at', 'deleted', 'image_id', 'request_id', 'user_id', 'input', 'result', 'message', 'progress',
    ]);
    expect(task).toMatchObject({
      type: 'location_import', status: 'success', image_id: id, deleted: false, deleted_at: null, message: '', result: { image_id: id }, progress: 100,
      request_id: answer.headers.get('x-openstack-request-id'), input: { image_id: id, loc_url: `${origin.url}/a`, validation_data: {} },
    });
    for (const key of ['created_at', 'updated_at', 'expires_at']) expect(task[key]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/);
    expect(Date.parse(`${String(task['expires_at'])}Z`) - Date.parse(`${String(task['updated_at'])}Z`)).toBe(48 * 3_600_000);
  });

  it('makes the image active only with the hash that was given, of whatever kind', async () => {
    const { id } = await client.create();
    expect((await add(id, '/a?signature=s3cret', { validation_data: { os_hash_algo: 'sha256', os_hash_value: hash('sha256') } })).status).toBe(202);
    expect(await ended(id)).toMatchObject({ status: 'success', input: { loc_url: `${origin.url}/a?***` } });
    expect(await client.show(id)).toMatchObject({ status: 'active', size: DATA.length, checksum: hash('md5'), os_hash_algo: 'sha256', os_hash_value: hash('sha256') });
    expect(await (await client.request(`/v2/images/${id}/file`)).text()).toBe(DATA);
  });

  it('is taken away again where the data has another hash, with the reason in the task, and the image waits on', async () => {
    const { id } = await client.create();
    const value = hash('sha512', 'other bytes');
    expect((await add(id, '/a', { validation_data: { os_hash_algo: 'sha512', os_hash_value: value } })).status).toBe(202);
    const task = await ended(id);
    expect(task).toMatchObject({ status: 'failure', result: null, message: `os_hash_value (${value}) does not match the sha512 of the data at the location, ${hash('sha512')}.` });
    expect(await client.show(id)).toMatchObject({ status: 'queued', size: null, checksum: null, os_hash_value: null });
    expect(await (await client.request(`/v2/images/${id}/locations`)).json()).toEqual([]);
    expect((await add(id)).status).toBe(202);
    expect(await client.show(id)).toMatchObject({ status: 'active' });
  });

  it('leaves an active image without hashes where the data cannot be read, after http_retries, and the task says why', async () => {
    origin.files.set('/once', Buffer.from(DATA));
    origin.failing.add('GET /once');
    const { id } = await client.create();
    expect((await add(id, '/once')).status).toBe(202);
    expect(await ended(id)).toMatchObject({ status: 'success', message: expect.stringContaining('The hashes could not be computed: The web server') as string });
    expect(await client.show(id)).toMatchObject({ status: 'active', checksum: null, os_hash_value: null });
    expect(origin.requests.filter((request) => request === 'GET /once')).toHaveLength(2);
  });

  it('is locked while its task runs: nobody else gives the image data, and a deletion ends it', async () => {
    origin.files.set('/slow', Buffer.alloc(50_000));
    origin.stalling.add('GET /slow');
    const { id } = await client.create();
    expect((await add(id, '/slow', { validation_data: { os_hash_algo: 'md5', os_hash_value: hash('md5') } })).status).toBe(202);
    await eventually(async () => expect(await client.show(id)).toMatchObject({ status: 'importing' }));
    expect((await tasksOf(id))[0]).toMatchObject({ status: 'processing', expires_at: null });
    expect((await add(id)).status).toBe(409);
    expect((await client.put(id, 'mine')).status).toBe(409);
    expect((await client.delete(id)).status).toBe(204);
    expect((await client.request(`/v2/images/${id}/tasks`)).status).toBe(404);
    await eventually(async () => expect(((await (await client.request('/v2/tasks')).json()) as { tasks: TaskDocument[] }).tasks.filter(({ status }) => status === 'processing')).toEqual([]));
    origin.stalling.clear();
  });

  if (memory) {
    it('is taken at its word where do_secure_hash is off', async () => {
      const trusting = await Server.start({ memory: true, conf: `${conf('do_secure_hash = False\nmetadata_encryption_key = 0123456789abcdef')}\n` });
      try {
        const by = new ImageClient(trusting);
        const [told, untold]: Document[] = [await by.create(), await by.create()];
        const value = hash('sha512', 'whatever');
        expect((await add(told?.id ?? '', '/a', { validation_data: { os_hash_algo: 'sha512', os_hash_value: value } }, by)).status).toBe(202);
        expect((await add(untold?.id ?? '', '/a', {}, by)).status).toBe(202);
        expect(await by.show(told?.id ?? '')).toMatchObject({ status: 'active', checksum: null, os_hash_algo: 'sha512', os_hash_value: value });
        expect(await by.show(untold?.id ?? '')).toMatchObject({ status: 'active', os_hash_value: null });
        expect(await tasksOf(told?.id ?? '', by)).toMatchObject([{ status: 'success', input: { validation_data: { os_hash_value: value } } }]);
        expect(JSON.stringify(await tasksOf(told?.id ?? '', by))).not.toContain(origin.url);
      } finally {
        await trusting.dispose();
      }
    }, 60_000);
  }
});
