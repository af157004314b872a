import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { eventually } from '../support/eventually.js';
import { ImageClient } from '../support/image-client.js';
import { Origin } from '../support/origin.js';
import { Server } from '../support/server.js';
import { FAKEAUTH } from '../support/story.js';

interface TaskDocument {
  readonly id: string;
  readonly status: string;
  readonly message: string;
  readonly result: { readonly image_id: string } | null;
  readonly input: Record<string, unknown>;
  readonly [key: string]: unknown;
}

const DATA = 'the bytes of a';
const KEYS = ['id', 'input', 'type', 'status', 'owner', 'message', 'result', 'created_at', 'updated_at', 'self', 'schema', 'request_id', 'user_id'];
const PROPERTIES = { name: 'by task', disk_format: 'raw', container_format: 'bare', visibility: 'private', tags: ['x'], os_distro: 'debian' };

/** The Tasks API (images-v2 §17). */
describe.each([{ memory: false }, { memory: true }])('The Tasks API (memory drivers: $memory)', ({ memory }) => {
  let origin: Origin;
  let server: Server;
  let root: ImageClient;
  let alice: ImageClient;
  beforeAll(async () => {
    origin = await Origin.start();
    origin.files.set('/a', Buffer.from(DATA)).set('/slow', Buffer.alloc(4_000_000, 'x'));
    origin.stalling.add('GET /slow');
    const conf = [
      'image_property_quota = 3', '[import_filtering_opts]', 'allow_private_addresses = True', `allowed_ports = ${new URL(origin.url).port}`, FAKEAUTH,
      '[glance_store]', memory ? 'stores = memory,http\ndefault_store = memory' : 'stores = file,http',
    ].join('\n');
    server = await Server.start({ memory, conf: `${conf}\n` });
    root = new ImageClient(server, 'root:p1:admin');
    alice = new ImageClient(server, 'alice:p1:member');
  }, 60_000);
  afterAll(async () => {
    await server.dispose();
    await origin.close();
  });

  const ask = (input: unknown, more: object = {}) => root.request('/v2/tasks', { method: 'POST', body: JSON.stringify({ type: 'import', input, ...more }) });
  const input = (path: string, properties: object = PROPERTIES) => ({ import_from: origin.url + path, import_from_format: 'raw', image_properties: properties });
  const made = async (given: unknown): Promise<TaskDocument> => (await (await ask(given)).json()) as TaskDocument;
  const shown = async (id: string): Promise<TaskDocument> => (await (await root.request(`/v2/tasks/${id}`)).json()) as TaskDocument;
  const list = async (query = '') => (await (await root.request(`/v2/tasks${query}`)).json()) as { tasks: TaskDocument[]; next?: string; first: string; schema: string };
  const ended = async (id: string): Promise<TaskDocument> => {
    let task = await shown(id);
    await eventually(async () => expect(['success', 'failure']).toContain((task = await shown(id)).status), 20_000);
    return task;
  };
  const imagesLeft = async () => (await root.list('?limit=100')).images.map(({ name }) => name);

  it('makes an image as the caller, gives it the data at the URI, and says which it is', async () => {
    const answer = await ask(input('/a'));
    const task = (await answer.json()) as TaskDocument;
    expect([answer.status, answer.headers.get('location')]).toEqual([201, `/v2/tasks/${task.id}`]);
    expect(Object.keys(task)).toEqual(KEYS);
    expect(task).toMatchObject({
      type: 'import', status: 'pending', owner: 'p1', user_id: 'root', message: '', result: null, input: input('/a'), self: `/v2/tasks/${task.id}`, schema: '/v2/schemas/task',
      request_id: answer.headers.get('x-openstack-request-id'),
    });
    const done = await ended(task.id);
    expect(done).toMatchObject({ status: 'success', message: '', expires_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as string });
    const image = await alice.show(done.result?.image_id ?? '');
    expect(image).toMatchObject({ ...PROPERTIES, status: 'active', owner: 'p1', size: DATA.length, checksum: createHash('md5').update(DATA).digest('hex') });
    expect(await (await alice.request(`/v2/images/${image.id}/file`)).text()).toBe(DATA);
    expect(await root.status('DELETE', `/v2/images/${image.id}`)).toBe(204);
  });

  it.each([
    ['a server that says no', () => input('/missing'), 'the server answers 404 Not Found'],
    ['data of another format', () => input('/a', { ...PROPERTIES, disk_format: 'qcow2' }), 'disk_format'],
    ['no formats', () => input('/a', {}), 'container_format'],
    ['more properties than an image may have', () => input('/a', { ...PROPERTIES, a: '1', b: '2', c: '3', protected: true }), 'Attempted: 4, Maximum: 3'],
    ['a protected image', () => input('/missing', { ...PROPERTIES, protected: true }), 'the server answers 404 Not Found'],
    ['an input without a part of it', () => ({ import_from: `${origin.url}/a`, image_properties: PROPERTIES }), "Input does not contain 'import_from_format' field"],
  ])('CVE-2014-9684, CVE-2015-3289: fails with the reason and leaves no image behind, for %s', async (_what, given, reason) => {
    const { id } = await made(given());
    const task = await ended(id);
    expect(task).toMatchObject({ status: 'failure', result: null });
    expect(task.message.toLowerCase()).toContain(reason.toLowerCase());
    await eventually(async () => expect(await imagesLeft()).toEqual([]));
    if (!memory) expect(readdirSync(server.imagesDir)).toEqual([]);
  });

  it('CVE-2014-9684: an image that is deleted while its data comes leaves no byte, and its task failed', async () => {
    const { id } = await made(input('/slow'));
    await eventually(async () => expect(await shown(id)).toMatchObject({ status: 'processing', message: expect.stringMatching(/^Copied \d MiB$/) as string }));
    const [image] = (await root.list()).images;
    expect(image).toMatchObject({ name: 'by task', status: 'saving' });
    expect(await root.status('DELETE', `/v2/images/${image?.id ?? ''}`)).toBe(204);
    expect(await ended(id)).toMatchObject({ status: 'failure', message: expect.stringContaining('deleted') as string });
    if (!memory) await eventually(async () => expect(readdirSync(server.imagesDir)).toEqual([]));
  }, 60_000);

  it.each([
    ['no type', { input: {} }, "Task 'type' is required"], ['no input', { type: 'import' }, "Task 'input' is required"], ['a type that is none', { type: 'x', input: {} }, 'type'],
    ['a type that nobody can ask for', { type: 'api_image_import', input: {} }, 'api_image_import'], ['an input that is none', { type: 'import', input: 'x' }, 'input'],
    ['an input of nothing', { type: 'import', input: null }, 'input'], ['something beside', { type: 'import', input: {}, x: 1 }, 'x'], ['no URI', { type: 'import', input: {} }, 'Invalid location'],
    ['CVE-2014-9493: a file', { type: 'import', input: { import_from: 'file:///etc/passwd' } }, 'File based imports are not allowed'],
    ['CVE-2015-1195: a file by another name', { type: 'import', input: { import_from: 'filesystem:///etc/passwd' } }, 'File based imports are not allowed'],
    ['a scheme of something else', { type: 'import', input: { import_from: 'swift+config://a/b' } }, 'The given uri is not valid'],
    ['lp 2152110: a host in disguise', { type: 'import', input: { import_from: 'http://127.1/a' } }, 'URI for legacy import task does not pass filtering: http://127.1/a'],
    ['lp 2152110: a port that is not allowed', { type: 'import', input: { import_from: 'http://127.0.0.1:1/a' } }, 'does not pass filtering'],
    ['a password that nobody hides', { type: 'import', input: { import_from: 'http://u:s3cret@127.0.0.1/a' } }, 'metadata_encryption_key'],
    ['properties that are none', { type: 'import', input: { import_from: 'http://127.0.0.1/a', import_from_format: 'raw', image_properties: { name: 1 } } }, 'name'],
    ['an attribute of the server', { type: 'import', input: { import_from: 'http://127.0.0.1/a', image_properties: { status: 'active' } } }, 'status'],
  ])('refuses %s', async (_what, body, says) => {
    const before = (await list('?limit=1000')).tasks.length;
    const answer = await root.request('/v2/tasks', { method: 'POST', body: JSON.stringify(body), headers: { accept: 'application/json' } });
    expect([400, 403]).toContain(answer.status);
    const { message } = (await answer.json()) as { message: string };
    expect(message).toContain(says);
    expect(message).not.toContain('s3cret');
    expect((await list('?limit=1000')).tasks).toHaveLength(before);
  });

  it('lists in pages what is asked for, without what is in the tasks', async () => {
    for (let n = 0; n < 3; n++) await ended((await made(input('/missing'))).id);
    const whole = await list('?status=failure&sort_key=updated_at&sort_dir=asc');
    expect(Object.keys(whole.tasks[0] ?? {})).toEqual(['id', 'type', 'status', 'owner', 'expires_at', 'created_at', 'updated_at', 'self', 'schema']);
    expect(whole).toMatchObject({ first: '/v2/tasks?status=failure&sort_key=updated_at&sort_dir=asc', schema: '/v2/schemas/tasks' });
    const seen: string[] = [];
    for (let page = await list('?status=failure&sort_key=updated_at&sort_dir=asc&limit=2'); ; page = await list((page.next ?? '').replace('/v2/tasks', ''))) {
      seen.push(...page.tasks.map(({ id }) => id));
      if (page.next === undefined) break;
    }
    expect(seen).toEqual(whole.tasks.map(({ id }) => id));
    expect((await list('?type=import&status=pending')).tasks).toEqual([]);
    expect((await list('?nonsense=1')).tasks.length).toBeGreaterThan(2);
  });

  it.each([
    'limit=x', 'limit=-1', 'marker=x', 'marker=7b4e9d52-0c1f-4a53-9c37-1f2a3b4c5d6e', 'sort_dir=up', 'sort_key=nothing', 'status=done', 'type=api_image_import', 'status=%00',
  ])('refuses a list by %s', async (query) => {
    expect(await root.status('GET', `/v2/tasks?${query}`)).toBe(400);
  });

  it('user-asks 2: tells, among the tasks of an image, what an import was asked to do and why it failed', async () => {
    const { id } = await alice.create();
    const asked = { method: { name: 'web-download', uri: `${origin.url}/missing` } };
    const answer = await alice.request(`/v2/images/${id}/import`, { method: 'POST', body: JSON.stringify(asked) });
    expect(answer.status).toBe(202);
    const tasks = async (by = alice) => ((await (await by.request(`/v2/images/${id}/tasks`)).json()) as { tasks: TaskDocument[] }).tasks;
    await eventually(async () => expect((await tasks())[0]).toMatchObject({ status: 'failure' }), 20_000);
    expect(await tasks()).toEqual([expect.objectContaining({
      type: 'api_image_import', image_id: id, owner: 'p1', user_id: 'alice', request_id: answer.headers.get('x-openstack-request-id'), result: null, deleted: false,
      input: { image_id: id, import_req: asked, backend: [memory ? 'memory' : 'file'] }, message: expect.stringContaining('the server answers 404 Not Found') as string,
    })]);
    expect(await root.status('PATCH', `/v2/images/${id}`, [{ op: 'replace', path: '/visibility', value: 'public' }], { 'content-type': 'application/openstack-images-v2.1-json-patch' })).toBe(200);
    expect(await tasks(alice.as('bob:p2:member'))).toEqual([]);
    expect(await root.status('DELETE', `/v2/images/${id}`)).toBe(204);
    expect(await alice.status('GET', `/v2/images/${id}/tasks`)).toBe(404);
  }, 60_000);

  it('is for admins alone, never deletes, and knows only tasks that there are', async () => {
    const { id } = await made(input('/missing'));
    for (const [method, path] of [['GET', '/v2/tasks'], ['GET', `/v2/tasks/${id}`], ['POST', '/v2/tasks']] as const) expect(await alice.status(method, path, method === 'POST' ? {} : undefined)).toBe(403);
    const deletion = await root.request(`/v2/tasks/${id}`, { method: 'DELETE' });
    expect([deletion.status, deletion.headers.get('allow')]).toEqual([405, 'GET']);
    for (const unknown of ['x', '7b4e9d52-0c1f-4a53-9c37-1f2a3b4c5d6e']) expect(await root.status('GET', `/v2/tasks/${unknown}`)).toBe(404);
  });
});
