import { existsSync, readdirSync, readFileSync, utimesSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../support/eventually.js';
import { ImageClient } from '../support/image-client.js';
import { openDownload } from '../support/open-download.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';
import { run, succeed } from '../support/run.js';
import { Server } from '../support/server.js';

const MB = 1024 * 1024;
const ROOT = 'root:operators:admin';

/** On a disk that is smaller than the bound. */
describe('A cache', () => {
  let database: TestDatabase;
  let server: Server;
  let disk: string;
  let dir: string;

  const conf = () => `image_cache_dir = ${dir}\n[paste_deploy]\nflavor = fakeauth+caching\n[database]\nconnection = ${database.url}\n`;
  const client = () => new ImageClient(server, ROOT);
  const partials = () => readdirSync(join(dir, 'incomplete'));
  const download = async (id: string) => Buffer.from(await (await client().request(`/v2/images/${id}/file`)).arrayBuffer());

  async function uploaded(data: Buffer): Promise<string> {
    const { id } = await client().create();
    expect((await client().put(id, data)).status).toBe(204);
    return id;
  }

  beforeAll(async () => {
    disk = await mkdtemp(join(tmpdir(), 'afterimage-small-'));
    await succeed('mount', ['-t', 'tmpfs', '-o', 'size=40m', 'tmpfs', disk]);
    dir = join(disk, 'cache');
    database = await testDatabase();
    server = await Server.start({ conf: conf() });
  }, 60_000);
  afterAll(async () => {
    await server.dispose();
    await database.drop();
    await run('umount', [disk]);
    await rm(disk, { recursive: true });
  }, 60_000);

  it('whose disk is full fails no download, keeps nothing of it, says why, and takes what fits', async () => {
    const data = Buffer.alloc(48 * MB, 'full');
    const id = await uploaded(data);
    expect((await download(id)).equals(data)).toBe(true);
    expect([existsSync(join(dir, id)), partials()]).toEqual([false, []]);
    await eventually(async () => expect(server.output).toMatch(new RegExp(`image ${id} was not cached: ENOSPC`)));
    const small = await uploaded(Buffer.from('small'));
    await download(small);
    expect(readFileSync(join(dir, small), 'utf8')).toBe('small');
  }, 60_000);

  it('that was killed while it filled serves nothing of that, and is filled when the rest has proved dead', async () => {
    const data = Buffer.alloc(30 * MB, 'kill');
    const id = await uploaded(data);
    const cut = await openDownload(server, id, ROOT);
    expect(partials()).toHaveLength(1);
    await server.end('SIGKILL');
    cut.destroy();
    server = await Server.start({ conf: conf(), stateDir: server.stateDir });
    expect(await (await client().request('/v2/cache')).json()).toMatchObject({ cached_images: [{ size: 5 }], queued_images: [] });
    expect((await download(id)).equals(data)).toBe(true);
    for (const name of partials()) utimesSync(join(dir, 'incomplete', name), 1000, 1000);
    expect((await download(id)).equals(data)).toBe(true);
    expect([readFileSync(join(dir, id)).equals(data), partials()]).toEqual([true, []]);
  }, 60_000);
});
