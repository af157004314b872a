import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { eventually } from '../support/eventually.js';
import { run, succeed } from '../support/run.js';
import { Server, storeIn } from '../support/server.js';

interface Document {
  id: string;
  status: string;
  size: number | null;
}

const JSON_TYPE = { 'content-type': 'application/json', accept: 'application/json' };
const BYTES = { 'content-type': 'application/octet-stream' };

async function create(server: Server): Promise<string> {
  const answer = await fetch(`${server.url}/v2/images`, { method: 'POST', headers: JSON_TYPE, body: JSON.stringify({ name: 'x', disk_format: 'raw', container_format: 'bare' }) });
  expect(answer.status).toBe(201);
  return ((await answer.json()) as Document).id;
}

const show = async (server: Server, id: string): Promise<Document> => (await (await fetch(`${server.url}/v2/images/${id}`)).json()) as Document;

const put = (server: Server, id: string, body: string | Buffer) => fetch(`${server.url}/v2/images/${id}/file`, { method: 'PUT', headers: BYTES, body });

/** An upload of unknown length that stands still after its first MiBs until it is ended or cut. */
async function openUpload(server: Server, id: string) {
  const upload = request(`${server.url}/v2/images/${id}/file`, { method: 'PUT', headers: BYTES });
  const answer = once(upload, 'response').then(([response]) => (response as { statusCode: number }).statusCode, () => 'cut' as const);
  upload.write(Buffer.alloc(3 * 1024 * 1024, 'a'));
  await eventually(async () => expect((await show(server, id)).status).toBe('saving'));
  return { upload, answer };
}

const partsOf = async (server: Server) => (await readdir(server.imagesDir)).filter((name) => name.includes('.part'));

describe('an upload that goes wrong', () => {
  let server: Server;
  beforeAll(async () => {
    server = await Server.start();
  }, 60_000);
  afterAll(() => server.dispose());

  const queuedAgainWithoutBytes = (id: string) =>
    eventually(async () => {
      expect(await show(server, id)).toMatchObject({ status: 'queued', size: null });
      expect((await readdir(server.imagesDir)).filter((name) => name.startsWith(id))).toEqual([]);
    });

  it('leaves no byte when the client goes away, and the image can be uploaded again', async () => {
    const id = await create(server);
    const { upload, answer } = await openUpload(server, id);
    upload.destroy();
    expect(await answer).toBe('cut');
    await queuedAgainWithoutBytes(id);
    expect((await put(server, id, 'now')).status).toBe(204);
    expect(await readFile(join(server.imagesDir, id), 'utf8')).toBe('now');
  }, 30_000);

  it('leaves an image of version 1 killed, without bytes, when its client goes away', async () => {
    const id = '1c000000-0000-4000-8000-000000000001';
    const headers = { ...BYTES, 'x-image-meta-id': id, 'x-image-meta-disk_format': 'raw', 'x-image-meta-container_format': 'bare' };
    const upload = request(`${server.url}/v1/images`, { method: 'POST', headers }).on('error', () => undefined);
    upload.write(Buffer.alloc(3 * 1024 * 1024, 'a'));
    await eventually(async () => expect(await show(server, id)).toMatchObject({ status: 'saving' }));
    upload.destroy();
    await eventually(async () => expect(await show(server, id)).toMatchObject({ status: 'killed', size: null }));
    await eventually(async () => expect((await readdir(server.imagesDir)).filter((name) => name.startsWith(id))).toEqual([]));
    expect((await put(server, id, 'again')).status).toBe(409);
  }, 30_000);

  it('lets one of two uploads win and refuses the other with 409', async () => {
    const id = await create(server);
    const { upload, answer } = await openUpload(server, id);
    expect((await put(server, id, 'second')).status).toBe(409);
    upload.end();
    expect(await answer).toBe(204);
    expect(await show(server, id)).toMatchObject({ status: 'active', size: 3 * 1024 * 1024 });
  }, 30_000);

  it('answers many uploads at once with one 204 and only 409 besides', async () => {
    const id = await create(server);
    const answers = await Promise.all(Array.from({ length: 12 }, (_, i) => put(server, id, `body ${i}`).then(({ status }) => status)));
    expect(answers.filter((status) => status === 204)).toHaveLength(1);
    expect(answers.filter((status) => status === 409)).toHaveLength(11);
  }, 30_000);

  it('answers 410 to the uploader of an image that was deleted meanwhile, and keeps no bytes', async () => {
    const id = await create(server);
    const { upload, answer } = await openUpload(server, id);
    expect((await fetch(`${server.url}/v2/images/${id}`, { method: 'DELETE' })).status).toBe(204);
    upload.end();
    expect(await answer).toBe(410);
    await eventually(async () => expect((await readdir(server.imagesDir)).filter((name) => name.startsWith(id))).toEqual([]));
  }, 30_000);

  it.each([
    ['another content type', { 'content-type': 'text/plain' }, 415],
    ['no content type', {}, 415],
    ['a size that is no number', { ...BYTES, 'x-openstack-image-size': 'many' }, 400],
    ['a size that the data does not have', { ...BYTES, 'x-openstack-image-size': '5' }, 400],
  ])('refuses %s', async (_what, headers, status) => {
    const id = await create(server);
    const answer = await fetch(`${server.url}/v2/images/${id}/file`, { method: 'PUT', headers, body: Buffer.from('abc') });
    expect(answer.status).toBe(status);
    await queuedAgainWithoutBytes(id);
  });

  it('refuses data for an image without formats', async () => {
    const answer = await fetch(`${server.url}/v2/images`, { method: 'POST', headers: JSON_TYPE, body: '{}' });
    const { id } = (await answer.json()) as Document;
    expect((await put(server, id, 'abc')).status).toBe(400);
    await queuedAgainWithoutBytes(id);
  });

  it('stops a chunked upload at image_size_cap', async () => {
    const capped = await Server.start({ conf: `image_size_cap = 1048576\n` });
    try {
      const id = await create(capped);
      expect((await put(capped, id, Buffer.alloc(1024 * 1024 + 1))).status).toBe(413);
      expect(await show(capped, id)).toMatchObject({ status: 'queued', size: null });
      expect((await put(capped, id, Buffer.alloc(1024 * 1024))).status).toBe(204);
    } finally {
      await capped.dispose();
    }
  }, 60_000);
});

describe('a server that is killed', () => {
  it('has the image queued again, without bytes, when it comes back', async () => {
    const first = await Server.start();
    const id = await create(first);
    const kept = await create(first);
    expect((await put(first, kept, 'acknowledged')).status).toBe(204);
    const { answer } = await openUpload(first, id);
    expect(await partsOf(first)).toHaveLength(1);
    await first.end('SIGKILL');
    expect(await answer).toBe('cut');
    // As if the kill had come between publishing the bytes and writing the event.
    await writeFile(join(first.imagesDir, id), 'published, never acknowledged');
    const second = await Server.start({ stateDir: first.stateDir });
    try {
      await eventually(async () => {
        expect(await show(second, id)).toMatchObject({ status: 'queued', size: null });
        expect(await readdir(second.imagesDir)).toEqual([kept]);
      });
      expect(await readFile(join(second.imagesDir, kept), 'utf8')).toBe('acknowledged');
      expect((await put(second, id, 'again')).status).toBe(204);
    } finally {
      await second.dispose();
    }
  }, 60_000);

  it('ends at SIGTERM with code 0 in the middle of an upload, and leaves no byte of it', async () => {
    const server = await Server.start();
    const id = await create(server);
    const { answer } = await openUpload(server, id);
    expect(await server.end('SIGTERM')).toBe(0);
    await answer;
    expect((await readdir(server.imagesDir)).filter((name) => name.startsWith(id))).toEqual([]);
    const again = await Server.start({ stateDir: server.stateDir });
    expect(await show(again, id)).toMatchObject({ status: 'queued', size: null });
    await again.dispose();
  }, 60_000);
});

describe('a full disk', () => {
  it('answers 413, keeps the image queued and leaves no partial bytes', async () => {
    const dir = `/tmp/afterimage-small-${process.pid}`;
    await mkdir(dir, { recursive: true });
    await succeed('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', dir]);
    const server = await Server.start({ conf: storeIn(dir) });
    try {
      const id = await create(server);
      expect((await put(server, id, Buffer.alloc(8 * 1024 * 1024, 'f'))).status).toBe(413);
      expect(await show(server, id)).toMatchObject({ status: 'queued', size: null });
      expect(await readdir(join(dir, 'images'))).toEqual([]);
      expect((await put(server, id, 'small')).status).toBe(204);
    } finally {
      await server.dispose();
      await run('umount', [dir]);
    }
  }, 60_000);
});

describe('bad input', () => {
  let server: Server;
  let id: string;
  beforeAll(async () => {
    server = await Server.start({ memory: true });
    id = await create(server);
  }, 60_000);
  afterAll(() => server.dispose());

  const patch = 'application/openstack-images-v2.1-json-patch';
  it.each([
    ['POST', '/v2/images', 'application/json', '{"name":', 400],
    ['POST', '/v2/images', 'application/json', '[]', 400],
    ['POST', '/v2/images', 'application/json', '"x"', 400],
    ['POST', '/v2/images', 'application/json', '', 400],
    ['POST', '/v2/images', 'application/json', '{"id":"not-a-uuid"}', 400],
    ['POST', '/v2/images', 'application/json', '{"name":"a\\u0000b"}', 400],
    ['POST', '/v2/images', 'application/json', '{"x":"\\ud800"}', 400],
    ['POST', '/v2/images', 'application/json', '['.repeat(50_000), 400],
    ['POST', '/v2/images', 'application/json', '{"__proto__":"x","constructor":"y"}', 403],
    ['POST', '/v2/images', 'application/json', '{"constructor":"y","toString":"z"}', 201],
    ['POST', '/v2/images', 'application/json', '{"min_disk":-1}', 400],
    ['POST', '/v2/images', 'application/json', '{"status":"active"}', 403],
    ['PATCH', '/v2/images/{id}', 'application/json', '[]', 415],
    ['PATCH', '/v2/images/{id}', patch, '{}', 400],
    ['PATCH', '/v2/images/{id}', patch, '[{"op":"replace","path":"/missing","value":"x"}]', 409],
    ['PATCH', '/v2/images/{id}', patch, '[{"op":"replace","path":"/id","value":"x"}]', 403],
    ['GET', '/v2/images/not-a-uuid', '', '', 404],
    ['GET', '/v2/images/%2e%2e%2f%2e%2e%2fetc%2fpasswd', '', '', 404],
    ['GET', '/v2/images/../../etc/passwd', '', '', 404],
    ['GET', `/v2/images/${'a'.repeat(300)}`, '', '', 404],
    ['GET', '/v2/images/%ff', '', '', 400],
    ['GET', '/v2/images?limit=-1', '', '', 400],
    ['GET', '/v2/images?marker=nope', '', '', 400],
    ['PUT', '/v2/images/%2e%2e/file', 'application/octet-stream', 'x', 404],
  ])('%s %s with %s %p is answered %i', async (method, path, type, body, status) => {
    const headers = type === '' ? {} : { 'content-type': type };
    const sent = request(server.url + path.replace('{id}', id), { method, headers, path: path.replace('{id}', id) });
    sent.end(body === '' ? undefined : body);
    const [response] = (await once(sent, 'response')) as [{ statusCode: number; resume(): void }];
    response.resume();
    expect(response.statusCode).toBe(status);
    expect(await show(server, id)).toMatchObject({ id, status: 'queued' });
  });
});
