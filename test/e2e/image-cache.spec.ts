import { existsSync } from 'node:fs';
import { appendFile, readdir, readFile, rename, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '../support/eventually.js';
import { ImageClient } from '../support/image-client.js';
import { openDownload } from '../support/open-download.js';
import { PolicyFile } from '../support/policy-files.js';
import { Server } from '../support/server.js';

const MB = 1024 * 1024;
const ALICE = 'alice:red:member,reader';

describe('Downloads through the cache', () => {
  let server: Server;
  let policy: PolicyFile;
  let alice: ImageClient;
  let root: ImageClient;
  let dir: string;

  beforeAll(async () => {
    policy = new PolicyFile('"download_image": "not role:blocked"\n');
    const conf = `image_cache_dir = cache\nimage_cache_max_size = ${40 * MB}\n[paste_deploy]\nflavor = fakeauth+caching\n${policy.conf}`;
    server = await Server.start({ memory: true, conf });
    dir = join(server.stateDir, 'cache');
    alice = new ImageClient(server, ALICE);
    root = new ImageClient(server, 'root:operators:admin');
  }, 60_000);
  afterAll(async () => {
    await server.dispose();
    policy.remove();
  }, 60_000);

  async function uploaded(data: Buffer | string = `data ${Math.random()}`): Promise<string> {
    const { id } = await alice.create();
    expect((await alice.put(id, data)).status).toBe(204);
    return id;
  }

  const download = (id: string, headers: Record<string, string> = {}, query = '') => alice.request(`/v2/images/${id}/file${query}`, { headers });

  async function cached(data: Buffer | string = `data ${Math.random()}`): Promise<string> {
    const id = await uploaded(data);
    const answer = await download(id);
    expect([answer.status, (await answer.arrayBuffer()).byteLength, existsSync(join(dir, id))]).toEqual([200, Buffer.byteLength(data), true]);
    return id;
  }

  /** What is read now can come from the cache alone. */
  const loseFromStore = (id: string) => rename(join(server.imagesDir, id), join(server.imagesDir, `${id}.away`));

  async function hitsOf(id: string): Promise<number | undefined> {
    const { cached_images: images } = (await (await root.request('/v2/cache')).json()) as { cached_images: { image_id: string; hits: number }[] };
    return images.find(({ image_id: one }) => one === id)?.hits;
  }

  const partials = () => readdir(join(dir, 'incomplete'));

  it('fill it, chunked and without a length; those that follow come from it, with one, and nothing else differs', async () => {
    const id = await uploaded('some data');
    const first = await download(id);
    expect([first.status, first.headers.get('content-length'), first.headers.get('transfer-encoding'), await first.text()]).toEqual([200, null, 'chunked', 'some data']);
    expect(await readFile(join(dir, id), 'utf8')).toBe('some data');
    await loseFromStore(id);
    const second = await download(id);
    expect([second.status, second.headers.get('content-length'), await second.text()]).toEqual([200, '9', 'some data']);
    const own = (answer: Response) => [...answer.headers].filter(([name]) => !/^(?:date|x-openstack-request-id|content-length|transfer-encoding)$/.test(name));
    expect(own(second)).toEqual(own(first));
    expect(second.headers.get('content-md5')).toBe((await alice.show(id)).checksum);
    expect(await hitsOf(id)).toBe(1);
  });

  it('CVE-2013-1840: tell nobody where the data lies, be it cached or not', async () => {
    const id = await uploaded();
    for (const answer of [await download(id), await download(id)]) {
      expect([...answer.headers].filter(([name, value]) => name.includes('location') || value.includes(server.stateDir))).toEqual([]);
    }
  });

  it('CVE-2013-4428: are refused by download_image whether it is cached or not, and count no hit', async () => {
    const id = await cached();
    const blocked = alice.as('alice:red:member,reader,blocked');
    expect(await blocked.status('GET', `/v2/images/${id}/file`)).toBe(403);
    expect(await alice.as('bob:blue:member,reader').status('GET', `/v2/images/${id}/file`)).toBe(404);
    expect(await hitsOf(id)).toBe(0);
    expect(await blocked.status('GET', `/v2/images/${await uploaded()}/file`)).toBe(403);
    expect((await download(id)).status).toBe(200);
  });

  it('of what is deactivated are refused though it is cached, and an admin reads it from the store', async () => {
    const id = await cached();
    expect(await root.status('POST', `/v2/images/${id}/actions/deactivate`)).toBe(204);
    expect((await download(id)).status).toBe(403);
    expect(await (await root.request(`/v2/images/${id}/file`)).text()).toBe(await readFile(join(dir, id), 'utf8'));
    expect(await hitsOf(id)).toBe(0);
    const other = await uploaded();
    expect(await root.status('POST', `/v2/images/${other}/actions/deactivate`)).toBe(204);
    expect(await root.status('GET', `/v2/images/${other}/file`)).toBe(200);
    expect(await hitsOf(other)).toBeUndefined();
  });

  it.each<Record<string, string>>([{ range: 'bytes=1-2' }, { 'content-range': 'bytes 1-2/*' }])('of a part pass it by: %j', async (headers) => {
    const id = await uploaded('abcdef');
    const answer = await download(id, headers);
    expect([answer.status, await answer.text(), await hitsOf(id)]).toEqual([206, 'bc', undefined]);
    await (await download(id)).text();
    await writeFile(join(dir, id), 'ABCDEF');
    expect([await (await download(id, headers)).text(), await hitsOf(id)]).toEqual(['bc', 0]);
  });

  it('that prefer a store are asked which only where it is not cached', async () => {
    const id = await uploaded();
    expect((await download(id, {}, '?prefer=nowhere')).status).toBe(400);
    await (await download(id)).text();
    expect((await download(id, {}, '?prefer=nowhere')).status).toBe(200);
  });

  it('of what has no data answer 204, and a deleted image is neither cached nor found', async () => {
    const { id: queued } = await alice.create();
    expect((await download(queued)).status).toBe(204);
    const id = await cached();
    expect((await alice.delete(id)).status).toBe(204);
    expect([existsSync(join(dir, id)), (await download(id)).status, await hitsOf(id)]).toEqual([false, 404, undefined]);
  });

  it('seed 18: that end in the middle leave nothing, and the next one is whole', async () => {
    const data = Buffer.alloc(30 * MB, 'seed');
    const id = await uploaded(data);
    const leaving = await openDownload(server, id, ALICE);
    expect(await partials()).toEqual([expect.stringMatching(`^${id}\\.`)]);
    expect(await hitsOf(id)).toBeUndefined();
    const beside = await download(id);
    expect(beside.headers.get('content-length')).toBe(String(data.length));
    expect(Buffer.from(await beside.arrayBuffer()).equals(data)).toBe(true);
    leaving.destroy();
    await eventually(async () => expect(await partials()).toEqual([]));
    expect([existsSync(join(dir, id)), await hitsOf(id)]).toEqual([false, undefined]);
    expect(Buffer.from(await (await download(id)).arrayBuffer()).equals(data)).toBe(true);
    expect((await readFile(join(dir, id))).equals(data)).toBe(true);
  }, 60_000);

  it('hand bytes with another hash on, but keep them not, and say so in the log', async () => {
    const id = await uploaded('right');
    await writeFile(join(server.imagesDir, id), 'wrong');
    expect(await (await download(id)).text()).toBe('wrong');
    expect([existsSync(join(dir, id)), await partials()]).toEqual([false, []]);
    await eventually(async () => expect(server.output).toContain(`image ${id} was not cached: its bytes do not have the hash`));
  });

  it('are cut where the store has fewer bytes, and nothing of them is kept', async () => {
    const id = await uploaded(Buffer.alloc(3 * MB, 'x'));
    await truncate(join(server.imagesDir, id), 2 * MB);
    await expect(download(id).then((answer) => answer.arrayBuffer())).rejects.toThrow();
    await eventually(async () => expect([existsSync(join(dir, id)), await partials()]).toEqual([false, []]));
  });

  it('never come from a file that grew or is of other data than the image', async () => {
    const [longer, other] = [await cached('abc'), await cached('abc')];
    await appendFile(join(dir, longer), 'd');
    expect(await (await download(longer)).text()).toBe('abc');
    await rename(join(dir, await cached('xyz')), join(dir, other));
    expect(await (await download(other)).text()).toBe('abc');
  });

  it('row 36: never take more room than image_cache_max_size, and those used last stay', async () => {
    const old = await cached(Buffer.alloc(15 * MB, 'a'));
    const used = await cached(Buffer.alloc(15 * MB, 'b'));
    await (await download(used)).arrayBuffer();
    const last = await cached(Buffer.alloc(20 * MB, 'c'));
    expect([old, used, last].map((id) => existsSync(join(dir, id)))).toEqual([false, true, true]);
    const tooLarge = await uploaded(Buffer.alloc(40 * MB + 1));
    const answer = await download(tooLarge);
    expect([answer.headers.get('content-length'), (await answer.arrayBuffer()).byteLength]).toEqual([String(40 * MB + 1), 40 * MB + 1]);
    expect([used, last, tooLarge].map((id) => existsSync(join(dir, id)))).toEqual([true, true, false]);
  }, 60_000);

  it('have no old management without +cachemanagement', async () => {
    expect(await Promise.all(['/v2/cached_images', '/v2/queued_images'].map((path) => root.status('GET', path)))).toEqual([404, 404]);
    expect(await root.status('GET', '/v2/cache')).toBe(200);
  });
});
