import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from '../support/eventually.js';
import { ImageClient, type Document } from '../support/image-client.js';
import { run, type Run } from '../support/run.js';
import { Server } from '../support/server.js';
import { FAKEAUTH, TOKENS } from '../support/story.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MAIN = join(ROOT, 'dist/src/main.js');
const NOBODY = '0a000000-0000-4000-8000-00000000dead';
const SLOW = 60_000;

/** The embedded PostgreSQL: the tool reaches it beside the server, and starts it where none runs. */
describe('glance-scrubber', () => {
  let server: Server;
  let alice: ImageClient;
  const daemons: ChildProcess[] = [];
  const conf = () => join(server.stateDir, 'test.conf');
  const args = (...more: string[]) => [MAIN, 'glance-scrubber', '--config-file', conf(), '--state-dir', server.stateDir, ...more];
  const scrubber = (...more: string[]): Promise<Run> => run('node', args(...more));
  const files = () => readdirSync(server.imagesDir).filter((name) => name.length === 36);

  beforeAll(async () => {
    server = await Server.start({ conf: `delayed_delete = True\nwakeup_time = 1\n${FAKEAUTH}[scrubber]\nin_server = False\n` });
    alice = new ImageClient(server, TOKENS.alice);
  }, SLOW);
  afterAll(async () => {
    for (const daemon of daemons) daemon.kill('SIGKILL');
    await server.dispose();
  }, SLOW);

  async function uploaded(image: Record<string, unknown> = {}): Promise<Document> {
    const { id } = await alice.create(image);
    expect((await alice.put(id, 'data')).status).toBe(204);
    return alice.show(id);
  }

  async function daemon(): Promise<{ child: ChildProcess; said: () => string }> {
    const child = spawn('node', args('--daemon'), { stdio: ['ignore', 'pipe', 'pipe'] });
    daemons.push(child);
    const lines: string[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => lines.push(text));
    return { child, said: () => lines.join('') };
  }

  it('--restore brings an image back with its data, properties, tags and members', async () => {
    const before = await uploaded({ name: 'kept', tags: ['blue'], os_distro: 'none', visibility: 'shared' });
    expect(await alice.status('POST', `/v2/images/${before.id}/members`, { member: 'blue' }, { 'content-type': 'application/json' })).toBe(200);
    expect((await alice.delete(before.id)).status).toBe(204);
    expect(await alice.status('GET', `/v2/images/${before.id}`)).toBe(404);
    expect(await scrubber('--restore', before.id)).toMatchObject({ code: 0, stdout: '' });
    expect(await alice.show(before.id)).toEqual({ ...before, updated_at: expect.any(String) });
    expect(await (await alice.request(`/v2/images/${before.id}/file`)).text()).toBe('data');
    expect(await (await alice.request(`/v2/images/${before.id}/members`)).json()).toMatchObject({ members: [{ member_id: 'blue', status: 'pending' }] });
    expect(await scrubber('--restore', before.id)).toMatchObject({ code: 1, stderr: expect.stringMatching(/^ERROR: .*active/m) });
    expect((await alice.delete(before.id)).status).toBe(204);
  }, SLOW);

  it('removes what waits, beside a running server, and then nothing brings it back', async () => {
    const { id } = await uploaded();
    await alice.delete(id);
    expect(files()).toContain(id);
    expect(await scrubber()).toMatchObject({ code: 0, stdout: '' });
    expect(files()).toEqual([]);
    expect(await scrubber('--restore', id)).toMatchObject({ code: 1, stderr: expect.stringMatching(/^ERROR: /m) });
    expect(await scrubber()).toMatchObject({ code: 0, stderr: expect.stringContaining('images scrubbed: 0') });
  }, SLOW);

  it.each<[string, string[], number, string]>([
    ['an id that nobody has', ['--restore', NOBODY], 1, NOBODY],
    ['an id that is none', ['--restore', 'x\'; DROP TABLE images'], 1, 'ERROR: '],
    ['restoring as a daemon', ['--restore', NOBODY, '--daemon'], 1, 'ERROR: The restore and daemon options should not be set together'],
    ['no id', ['--restore'], 2, 'argument missing'],
    ['an unknown option', ['--nonsense'], 2, 'unknown option'],
    ['a file that is not there', ['--config-file', '/nowhere.conf'], 1, 'ERROR: /nowhere.conf'],
  ])('refuses %s', async (_what, more, code, stderr) => expect(await scrubber(...more)).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(stderr) }), SLOW);

  it('--daemon goes on by itself, lets nobody restore meanwhile, and ends with 0 on SIGTERM', async () => {
    const { child, said } = await daemon();
    await eventually(async () => expect(said()).toContain('images scrubbed: 0'), SLOW);
    const { id } = await uploaded();
    await alice.delete(id);
    await eventually(async () => expect(files()).toEqual([]), SLOW);
    expect(await scrubber('--restore', id)).toMatchObject({ code: 1, stderr: expect.stringMatching(/^ERROR: A scrubber is running/m) });
    child.kill('SIGTERM');
    expect((await once(child, 'exit'))[0]).toBe(0);
  }, SLOW);

  it('works where no server runs, and leaves no database running behind', async () => {
    const { id } = await uploaded();
    await alice.delete(id);
    await server.end();
    const { child, said } = await daemon();
    await eventually(async () => expect(said()).toContain('images scrubbed: 1'), SLOW);
    expect(files()).toEqual([]);
    child.kill('SIGINT');
    expect((await once(child, 'exit'))[0]).toBe(0);
    expect(existsSync(join(server.stateDir, 'postgres/data/postmaster.pid'))).toBe(false);
    expect(await run('node', [MAIN, 'scrub', '--config-file', conf(), '--state-dir', server.stateDir])).toMatchObject({ code: 0, stderr: expect.stringContaining('images scrubbed: 0') });
  }, SLOW);
});
