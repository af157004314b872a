import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { eventually } from '../support/eventually.js';
import { ImageClient } from '../support/image-client.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';
import { PolicyFile } from '../support/policy-files.js';
import { Server, storeIn } from '../support/server.js';

const ROOT = 'root:operators:admin';
const ALICE = 'alice:red:member,reader';
const NOBODYS = '0c000000-0000-4000-8000-00000000dead';

interface CacheState {
  readonly cached_images: readonly { readonly image_id: string; readonly hits: number; readonly last_accessed: number; readonly last_modified: number; readonly size: number }[];
  readonly queued_images: readonly string[];
}

/** Every call of the cache's management: on an image that there is not, or on none. */
const CALLS = [
  ['GET', '/v2/cache'], ['DELETE', '/v2/cache'], ['POST', '/v2/cache/clean'], ['POST', '/v2/cache/prune'], ['DELETE', `/v2/cache/${NOBODYS}`],
] as const;
const OLD_CALLS = [
  ['GET', '/v2/cached_images'], ['DELETE', '/v2/cached_images'], ['DELETE', `/v2/cached_images/${NOBODYS}`],
  ['GET', '/v2/queued_images'], ['DELETE', '/v2/queued_images'], ['DELETE', `/v2/queued_images/${NOBODYS}`], ['PUT', `/v2/queued_images/${NOBODYS}`],
] as const;

async function json<T>(client: ImageClient, path: string, init: RequestInit = {}): Promise<T> {
  const answer = await client.request(path, init);
  expect(answer.status).toBe(200);
  return (await answer.json()) as T;
}

const stateOf = (client: ImageClient) => json<CacheState>(client, '/v2/cache');
const idsIn = async (client: ImageClient) => (await stateOf(client)).cached_images.map(({ image_id: id }) => id);

async function uploaded(client: ImageClient, data = 'data'): Promise<string> {
  const { id } = await client.create({ owner: 'red' });
  expect((await client.put(id, data)).status).toBe(204);
  return id;
}

async function inCache(client: ImageClient, data?: string): Promise<string> {
  const id = await uploaded(client, data);
  await (await client.request(`/v2/images/${id}/file`)).arrayBuffer();
  return id;
}

describe('The management of the cache', () => {
  let server: Server;
  let policy: PolicyFile;
  let root: ImageClient;
  let alice: ImageClient;
  let dir: string;

  beforeAll(async () => {
    policy = new PolicyFile('"cache_list": "role:admin or role:looker"\n');
    const conf = `image_cache_dir = cache\nimage_cache_driver = sqlite\nimage_cache_max_size = 1000\n[paste_deploy]\nflavor = fakeauth+cachemanagement\n${policy.conf}`;
    server = await Server.start({ memory: true, conf });
    dir = join(server.stateDir, 'cache');
    root = new ImageClient(server, ROOT);
    alice = new ImageClient(server, ALICE);
  }, 60_000);
  afterAll(async () => {
    await server.dispose();
    policy.remove();
  }, 60_000);

  it('makes the versions 2.14, 2.16 and 2.18 known', async () => {
    const { versions } = (await (await fetch(`${server.url}/versions`)).json()) as { versions: { id: string; status: string }[] };
    expect(versions.find(({ status }) => status === 'CURRENT')).toMatchObject({ id: 'v2.18' });
    expect(versions.map(({ id }) => id)).toEqual(expect.arrayContaining(['v2.14', 'v2.16']));
  });

  it('tells what is cached, how large it is, and how often and when it was used', async () => {
    const id = await inCache(alice, 'twelve bytes');
    const before = (await stateOf(root)).cached_images.find(({ image_id: one }) => one === id);
    expect(before).toEqual({ image_id: id, hits: 0, last_accessed: 0, last_modified: expect.any(Number), size: 12 });
    await (await alice.request(`/v2/images/${id}/file`)).arrayBuffer();
    const after = (await stateOf(root)).cached_images.find(({ image_id: one }) => one === id);
    expect(after?.hits).toBe(1);
    expect(after?.last_accessed).toBeGreaterThanOrEqual(after?.last_modified ?? Infinity);
    expect(Math.abs((after?.last_modified ?? 0) - Date.now() / 1000)).toBeLessThan(600);
  });

  it('row 35: has an image fetched before anybody asks for it', async () => {
    const id = await uploaded(alice, 'wanted soon');
    const answer = await root.request(`/v2/cache/${id}`, { method: 'PUT' });
    expect([answer.status, await answer.text()]).toEqual([202, '']);
    await eventually(async () => expect(await stateOf(root)).toMatchObject({ cached_images: expect.arrayContaining([expect.objectContaining({ image_id: id, size: 11, hits: 0 })]), queued_images: [] }));
    expect(await root.status('PUT', `/v2/cache/${id}`)).toBe(202);
    expect((await stateOf(root)).queued_images).toEqual([]);
  });

  it('takes only what is active and there, and queues nothing else', async () => {
    const { id: queued } = await alice.create();
    expect(await root.status('PUT', `/v2/cache/${queued}`)).toBe(400);
    for (const id of [NOBODYS, 'x', '..%2f..%2fx']) expect(await root.status('PUT', `/v2/cache/${id}`)).toBe(404);
    expect((await stateOf(root)).queued_images).toEqual([]);
  });

  it('leaves out with a warning what was queued by the old path and cannot be cached', async () => {
    expect(await root.status('PUT', `/v2/queued_images/${NOBODYS}`)).toBe(200);
    const { id: waiting } = await alice.create();
    expect(await root.status('PUT', `/v2/queued_images/${waiting}`)).toBe(200);
    await eventually(async () => expect((await stateOf(root)).queued_images).toEqual([]));
    expect(server.output).toContain(`image ${NOBODYS} is not cached: there is no such image`);
    expect(server.output).toContain(`image ${waiting} is not cached: it is not active`);
    expect(await root.status('PUT', '/v2/queued_images/x')).toBe(404);
  });

  it('removes one image, also one that is deleted and still cached, and no unknown one', async () => {
    const [id, other] = [await inCache(alice), await inCache(alice)];
    expect([await root.status('DELETE', `/v2/cache/${id}`), await idsIn(root)]).toEqual([204, expect.not.arrayContaining([id])]);
    expect(await root.status('DELETE', `/v2/cache/${id}`)).toBe(204);
    expect((await alice.delete(other)).status).toBe(204);
    expect(await root.status('DELETE', `/v2/cache/${other}`)).toBe(404);
    await writeFile(join(dir, other), 'came back');
    expect(await root.status('DELETE', `/v2/cache/${other}`)).toBe(204);
    expect(existsSync(join(dir, other))).toBe(false);
    for (const unknown of [NOBODYS, 'x', '..%2fqueue']) expect(await root.status('DELETE', `/v2/cache/${unknown}`)).toBe(404);
  });

  it.each([['cache', false], ['QUEUE', true], ['', false]])('empties what x-image-cache-clear-target says: %j', async (target, stays) => {
    const id = await inCache(alice);
    expect(await root.status('DELETE', '/v2/cache', undefined, target === '' ? {} : { 'x-image-cache-clear-target': target })).toBe(204);
    expect((await idsIn(root)).includes(id)).toBe(stays);
  });

  it('empties nothing for a target that there is not', async () => {
    const id = await inCache(alice);
    expect(await root.status('DELETE', '/v2/cache', undefined, { 'x-image-cache-clear-target': 'both' })).toBe(400);
    expect(await idsIn(root)).toContain(id);
  });

  it('cleans and prunes when asked, and says how much went', async () => {
    await root.status('DELETE', '/v2/cache');
    const id = await inCache(alice, 'x'.repeat(600));
    await writeFile(join(dir, '0c000000-0000-4000-8000-000000000001'), 'y'.repeat(500));
    expect(await json(root, '/v2/cache/prune', { method: 'POST' })).toEqual({ total_files_pruned: 1, total_bytes_pruned: 600 });
    expect(await idsIn(root)).not.toContain(id);
    const cleaned = await root.request('/v2/cache/clean', { method: 'POST' });
    expect([cleaned.status, await cleaned.text()]).toEqual([200, '']);
  });

  it('has the old paths, which always answer 200', async () => {
    await root.status('DELETE', '/v2/cache');
    const id = await inCache(alice);
    expect(await json(root, '/v2/cached_images')).toEqual({ cached_images: [expect.objectContaining({ image_id: id })] });
    expect(await json(root, '/v2/queued_images')).toEqual({ queued_images: [] });
    expect(await json(root, `/v2/queued_images/${await uploaded(alice)}`, { method: 'PUT' })).toBeNull();
    await eventually(async () => expect(await stateOf(root)).toMatchObject({ cached_images: [{}, {}], queued_images: [] }));
    expect(await json(root, `/v2/cached_images/${id}`, { method: 'DELETE' })).toBeNull();
    expect(await json(root, `/v2/queued_images/${id}`, { method: 'DELETE' })).toBeNull();
    expect(await json(root, '/v2/cached_images', { method: 'DELETE' })).toEqual({ num_deleted: 1 });
    expect(await json(root, '/v2/queued_images', { method: 'DELETE' })).toEqual({ num_deleted: 0 });
  });

  it('the paths of old are those of version 1 too', async () => {
    for (const [method, path] of OLD_CALLS.filter(([each]) => each === 'GET')) {
      expect(await json(root, path.replace('/v2/', '/v1/'), { method })).toEqual(await json(root, path, { method }));
      expect((await alice.request(path.replace('/v2/', '/v1/'), { method })).status).toBe(403);
    }
    expect(await json(root, '/v1/queued_images', { method: 'DELETE' })).toEqual({ num_deleted: 0 });
  });

  it('is for admins, as the policy says of each call', async () => {
    const mine = await inCache(alice);
    const calls = [...CALLS, ...OLD_CALLS, ['PUT', `/v2/cache/${mine}`], ['DELETE', `/v2/cache/${mine}`], ['GET', `/v2/cache/nodes/${mine}`]] as const;
    expect(await Promise.all(calls.map(([method, path]) => alice.status(method, path)))).toEqual(calls.map(() => 403));
    const looker = alice.as('lou:red:looker');
    expect([await looker.status('GET', '/v2/cache'), await looker.status('GET', '/v2/cached_images'), await looker.status('DELETE', '/v2/cache')]).toEqual([200, 403, 403]);
    expect(await idsIn(root)).toContain(mine);
    expect(await new ImageClient(server, 'eve:blue:member').status('PUT', `/v2/cache/${mine}`)).toBe(404);
  });

  it('knows of no nodes with another driver than centralized_db', async () => {
    expect(await root.status('GET', `/v2/cache/nodes/${await uploaded(alice)}`)).toBe(409);
    expect(await root.status('GET', `/v2/cache/nodes/${NOBODYS}`)).toBe(404);
  });
});

describe('Without image_cache_dir', () => {
  it('the management answers 404 to who may use it, 403 to others, nothing is cached, and the log says so', async () => {
    const server = await Server.start({ memory: true, conf: '[paste_deploy]\nflavor = fakeauth+cachemanagement\n' });
    try {
      const [root, alice] = [new ImageClient(server, ROOT), new ImageClient(server, ALICE)];
      const mine = await uploaded(alice);
      const calls = [...CALLS, ['PUT', `/v2/cache/${mine}`], ['GET', `/v2/cache/nodes/${mine}`]] as const;
      const said = await Promise.all(calls.map(async ([method, path]) => (await root.request(path, { method })).text()));
      for (const text of said) expect(text).toContain('Caching via API is not supported at this site.');
      expect(await Promise.all([...calls, ...OLD_CALLS].map(([method, path]) => alice.status(method, path)))).toEqual([...calls, ...OLD_CALLS].map(() => 403));
      expect(await Promise.all([...calls, ...OLD_CALLS].map(([method, path]) => root.status(method, path)))).toEqual([...calls, ...OLD_CALLS].map(() => 404));
      const answer = await alice.request(`/v2/images/${mine}/file`);
      expect([answer.headers.get('content-length'), await answer.text()]).toEqual(['4', 'data']);
      expect(server.output).toContain('nothing is cached before [DEFAULT] image_cache_dir is set');
      const { versions } = (await (await fetch(`${server.url}/versions`)).json()) as { versions: { id: string }[] };
      expect(versions.map(({ id }) => id)).not.toContain('v2.14');
    } finally {
      await server.dispose();
    }
  }, 60_000);
});

describe('Two nodes with a cache each', () => {
  let database: TestDatabase;
  /** The second has several processes, which share its folder. */
  let nodes: Server[];
  let roots: ImageClient[];

  beforeAll(async () => {
    database = await testDatabase();
    const start = (nth: number, workers: number, store = '') => Server.start({
      conf: `workers = ${workers}\nimage_cache_dir = cache\ncache_prefetcher_interval = 1\nworker_self_reference_url = http://node${nth}.example\n[paste_deploy]\nflavor = fakeauth+caching\n[database]\nconnection = ${database.url}\n${store}`,
    });
    const first = await start(1, 0);
    nodes = [first, await start(2, 2, storeIn(first.stateDir))];
    roots = nodes.map((node) => new ImageClient(node, ROOT));
  }, 90_000);
  afterAll(async () => {
    for (const node of nodes.toReversed()) await node.dispose();
    await database.drop();
  }, 60_000);

  const [first, second] = [() => roots[0] as ImageClient, () => roots[1] as ImageClient];
  const told = (id: string) => json<string[]>(first(), `/v2/cache/nodes/${id}`);

  it('row 35: each fetches what was queued at it, and both know which have an image', async () => {
    const id = await uploaded(first());
    expect(await told(id)).toEqual([]);
    expect(await second().status('PUT', `/v2/cache/${id}`)).toBe(202);
    await eventually(async () => expect(await told(id)).toEqual(['http://node2.example']));
    expect([await idsIn(first()), await idsIn(second())]).toEqual([[], [id]]);
    await (await first().request(`/v2/images/${id}/file`)).arrayBuffer();
    await eventually(async () => expect(await told(id)).toEqual(['http://node1.example', 'http://node2.example']));
    expect(await second().status('DELETE', `/v2/cache/${id}`)).toBe(204);
    await eventually(async () => expect(await told(id)).toEqual(['http://node1.example']));
  });

  it('a deleted image leaves the caches of all, and is served by none from the moment on', async () => {
    const id = await uploaded(first());
    for (const root of roots) await (await root.request(`/v2/images/${id}/file`)).arrayBuffer();
    expect(await idsIn(second())).toContain(id);
    expect((await first().delete(id)).status).toBe(204);
    expect(await Promise.all(roots.map((root) => root.status('GET', `/v2/images/${id}/file`)))).toEqual([404, 404]);
    await eventually(async () => expect(await idsIn(second())).not.toContain(id));
  });

  it('what a node has is told anew when the database has lost it', async () => {
    const id = await uploaded(first());
    await (await second().request(`/v2/images/${id}/file`)).arrayBuffer();
    await eventually(async () => expect(await told(id)).toEqual(['http://node2.example']));
    const client = new Client({ connectionString: database.url });
    await client.connect();
    const { rowCount } = await client.query('DELETE FROM afterimage.cached_image WHERE image_id = $1', [id]);
    await client.end();
    expect(rowCount).toBe(1);
    await eventually(async () => expect(await told(id)).toEqual(['http://node2.example']));
  });
});
