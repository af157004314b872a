import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from '../support/eventually.js';
import { ImageClient } from '../support/image-client.js';
import { run, type Run } from '../support/run.js';
import { Server } from '../support/server.js';

const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
const NOBODY = '0a000000-0000-4000-8000-00000000dead';
const SLOW = 60_000;

/** The tools work on the folder of the node's cache, beside the server that fills it. */
describe("The tools of the node's cache", () => {
  let server: Server;
  let client: ImageClient;
  const cacheDir = () => join(server.stateDir, 'cache');
  const cached = () => readdirSync(cacheDir()).filter((name) => name.length === 36);

  beforeAll(async () => {
    server = await Server.start({ conf: 'image_cache_dir = cache\n[paste_deploy]\nflavor = caching\n' });
    client = new ImageClient(server);
    // What a tool of cron reads beside the server's own file.
    writeFileSync(join(server.stateDir, 'glance-cache.conf'), 'image_cache_max_size = 10\nimage_cache_stall_time = 60\nimage_cache_invalid_entry_grace_period = 0\n'.replace(/^/, '[DEFAULT]\n'));
  }, SLOW);
  afterAll(() => server.dispose(), SLOW);

  const tool = (name: string, ...more: string[]): Promise<Run> =>
    run('node', [MAIN, name, '--config-file', join(server.stateDir, 'test.conf'), '--config-file', join(server.stateDir, 'glance-cache.conf'), '--state-dir', server.stateDir, ...more], { cwd: server.stateDir });

  async function uploaded(data = 'six by'): Promise<string> {
    const { id } = await client.create();
    expect((await client.put(id, data)).status).toBe(204);
    return id;
  }

  it('glance-cache-pruner removes what was not read for longest, and says that it is of old', async () => {
    const [first, second] = [await uploaded(), await uploaded()];
    for (const id of [first, second, second]) expect(await (await client.request(`/v2/images/${id}/file`)).text()).toBe('six by');
    await eventually(async () => expect(cached().toSorted()).toEqual([first, second].toSorted()));
    const long = new Date(Date.now() - 3_600_000);
    utimesSync(join(cacheDir(), first), long, long);
    const { code, stdout, stderr } = await tool('glance-cache-pruner');
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toMatch(/^DEPRECATED: glance-cache-pruner is needed no more/);
    expect(stderr).toContain('images removed from the cache: 1, 6 bytes');
    expect(cached()).toEqual([second]);
    expect(await tool('glance-cache-pruner')).toMatchObject({ code: 0, stderr: expect.stringContaining('cache: 0, 0 bytes') });
  }, SLOW);

  it('glance-cache-cleaner removes incomplete files that have stalled and invalid ones, and leaves what grows', async () => {
    for (const folder of ['incomplete', 'invalid']) {
      mkdirSync(join(cacheDir(), folder), { recursive: true });
      writeFileSync(join(cacheDir(), folder, NOBODY), 'x');
    }
    const long = new Date(Date.now() - 3_600_000);
    utimesSync(join(cacheDir(), 'incomplete', NOBODY), long, long);
    writeFileSync(join(cacheDir(), 'incomplete', '0a000000-0000-4000-8000-000000000001'), 'grows');
    const whole = cached();
    expect(await tool('glance-cache-cleaner')).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining('files removed from the cache: 2') });
    expect(readdirSync(join(cacheDir(), 'incomplete'))).toEqual(['0a000000-0000-4000-8000-000000000001']);
    expect(readdirSync(join(cacheDir(), 'invalid'))).toEqual([]);
    expect(await tool('glance-cache-cleaner', '--log-file', join(server.stateDir, 'cleaner.log'))).toMatchObject({ code: 0 });
    expect(existsSync(join(server.stateDir, 'cleaner.log'))).toBe(true);
    expect(cached()).toEqual(whole);
  }, SLOW);

  it('glance-cache-prefetcher brings what is queued into the cache, with or without a server, and passes over what cannot be', async () => {
    const [good, waiting] = [await uploaded('good'), (await client.create()).id];
    await server.end();
    for (const id of [good, waiting, NOBODY]) writeFileSync(join(cacheDir(), 'queue', id), '');
    const { code, stdout, stderr } = await tool('glance-cache-prefetcher');
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(cached()).toContain(good);
    expect(stderr).toContain('images brought into the cache: 1 of 3');
    for (const id of [waiting, NOBODY]) expect(stderr).toMatch(new RegExp(`WARN .*image ${id} is not cached`));
    expect(await tool('glance-cache-prefetcher')).toMatchObject({ code: 0, stderr: expect.stringContaining('nothing is queued') });
  }, SLOW);

  it.each(['glance-cache-pruner', 'glance-cache-cleaner', 'glance-cache-prefetcher'])('%s needs a folder, and options that there are', async (name) => {
    expect(await run('node', [MAIN, name, '--state-dir', server.stateDir])).toMatchObject({ code: 1, stderr: expect.stringContaining('ERROR: [DEFAULT] image_cache_dir = : must be set') });
    expect(await tool(name, '--nonsense')).toMatchObject({ code: 2, stderr: expect.stringContaining('unknown option') });
  }, SLOW);
});
