import { once } from 'node:events';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Finding, Reconciliation } from '#images';
import { eventually } from '../support/eventually.js';
import { ImageClient } from '../support/image-client.js';
import { run } from '../support/run.js';
import { Server } from '../support/server.js';

const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
const SLOW = 120_000;

interface Told {
  readonly found: readonly Finding[];
  readonly summary: Reconciliation;
}

describe('user-asks 11: afterimage reconcile', () => {
  let server: Server;
  let client: ImageClient;
  const folder = (store: string) => join(server.stateDir, store);
  const reconcile = (args: readonly string[], input = '') => run('node', [MAIN, 'reconcile', ...args, '--config-file', join(server.stateDir, 'test.conf'), '--state-dir', server.stateDir], { input });
  const json = async (...args: string[]): Promise<Told & { code: number | null }> => {
    const { code, stdout, stderr } = await reconcile([...args, '--json']);
    expect(stderr).toBe('');
    return { code, ...(JSON.parse(stdout) as Told) };
  };
  const uploaded = async (): Promise<string> => {
    const { id } = await client.create();
    expect((await client.put(id, 'some bytes')).status).toBe(204);
    return id;
  };
  const copied = async (id: string) => {
    const body = { method: { name: 'copy-image' }, stores: ['big'] };
    expect(await client.status('POST', `/v2/images/${id}/import`, body, { 'content-type': 'application/json' })).toBe(202);
    await eventually(async () => expect((await client.show(id))['stores']).toBe('fast,big'), 30_000);
  };
  const orphan = async (store: string, name: string) => {
    await writeFile(join(folder(store), name), 'nobody knows these');
    await utimes(join(folder(store), name), 1, 1);
  };

  beforeAll(async () => {
    const stateDir = await mkdtemp(join(tmpdir(), 'afterimage-test-'));
    const store = (id: string) => `[${id}]\nfilesystem_store_datadir = ${join(stateDir, id)}\n`;
    server = await Server.start({ stateDir, conf: `enabled_backends = fast:file, big:file\n[glance_store]\ndefault_backend = fast\n${store('fast')}${store('big')}` });
    client = new ImageClient(server);
  }, SLOW);
  afterAll(() => server.dispose(), SLOW);

  it('says beside a running server what is amiss and how it repairs it, and leaves an upload that runs alone', async () => {
    const [good, twice, missing] = [await uploaded(), await uploaded(), await uploaded()];
    await copied(twice);
    expect(await json('--verify')).toMatchObject({ code: 0, found: [], summary: { images: 3, locations: 4, left: 0 } });

    const { id: running } = await client.create();
    const upload = request(`${server.url}/v2/images/${running}/file`, { method: 'PUT', headers: { 'content-type': 'application/octet-stream' } });
    const answer = once(upload, 'response');
    upload.write(Buffer.alloc(1024 * 1024));
    await eventually(async () => expect((await readdir(folder('fast'))).some((name) => name.startsWith(running))).toBe(true));
    const lost = crypto.randomUUID();
    await orphan('big', lost);
    await orphan('fast', `${good}.${lost}.part`);
    await writeFile(join(folder('fast'), twice), 'same bytes');
    await rm(join(folder('fast'), missing));

    const seen = await json('--verify');
    expect(seen.code).toBe(3);
    expect(seen.found.map(({ kind, store, image }) => `${kind} ${store} ${image}`).toSorted()).toEqual([`missing fast ${missing}`, `orphan big ${lost}`, `part fast ${good}`, `wrong-hash fast ${twice}`].toSorted());

    const refused = await reconcile(['--repair', '--verify'], 'n\n');
    expect(refused).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('[y/N]') });
    const repaired = await reconcile(['--repair', '--verify'], 'y\n');
    expect(repaired.code).toBe(3);
    expect(repaired.stdout).toMatch(/^FOUND +STORE +NAME /);
    expect(repaired.stdout).toMatch(/3 repaired, 1 left\n$/);
    await eventually(async () => expect((await client.show(twice))['stores']).toBe('big'));
    expect(await readdir(folder('big'))).toEqual([twice]);
    expect(await (await client.request(`/v2/images/${twice}/file`)).text()).toBe('some bytes');
    await eventually(async () => expect((await readdir(folder('fast'))).filter((name) => !name.startsWith(running))).toEqual([good]));

    upload.end();
    expect(((await answer) as [{ statusCode: number }])[0].statusCode).toBe(204);
    expect(await readdir(folder('fast'))).toEqual([good, running].toSorted());
  }, SLOW);

  it('does the same where no server runs, with the database of the state folder', async () => {
    await server.end();
    const lost = crypto.randomUUID();
    await orphan('fast', lost);
    await orphan('fast', 'notes.txt');
    const { code, found } = await json('--repair', '--yes', '--store', 'fast');
    expect(code).toBe(3);
    expect(found.map(({ kind, repaired }) => `${kind} ${repaired}`).toSorted()).toEqual(['missing false', 'orphan true', 'unknown false']);
    const big = await json('--store', 'big');
    expect(big).toMatchObject({ code: 0, summary: { files: 1, locations: 1 } });
    expect(await readdir(folder('fast'))).toContain('notes.txt');
  }, SLOW);

  it('says what is wrong with how it was called, or where it can do nothing', async () => {
    expect(await reconcile(['--yes'])).toMatchObject({ code: 2, stderr: expect.stringContaining('--repair') });
    expect(await reconcile(['--grace', '-1'])).toMatchObject({ code: 2 });
    expect(await reconcile(['--store', 'nowhere'])).toMatchObject({ code: 1, stderr: 'ERROR: There is no store named nowhere.\n' });
    expect(await reconcile(['--memory'])).toMatchObject({ code: 1, stderr: expect.stringContaining('only the server itself can reach them') });
  }, SLOW);
});
