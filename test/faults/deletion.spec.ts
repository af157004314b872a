import { existsSync } from 'node:fs';
import { mkdir, readdir, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../support/eventually.js';
import { ImageClient } from '../support/image-client.js';
import { backgroundProcesses } from '../support/processes.js';
import { Server } from '../support/server.js';
import { FAKEAUTH, TOKENS } from '../support/story.js';

/** Of two images only one fits: a second one is taken once an event has said that the first one's bytes are gone. */
const CONF = 'workers = 1\nuser_storage_quota = 1000\n';
const DATA = Buffer.alloc(600, 'x');
/** A killed process holds the job that it was doing for 30 s. */
const SLOW = 120_000;

describe('A deletion', () => {
  let server: Server;
  let client: ImageClient;
  const start = async (conf: string, stateDir?: string) => {
    server = await Server.start({ conf: `${CONF}${conf}${FAKEAUTH}`, ...(stateDir === undefined ? {} : { stateDir }) });
    client = new ImageClient(server, TOKENS.alice);
  };
  afterAll(async () => {
    await server.end('SIGKILL');
    await server.dispose();
  }, SLOW);

  const background = async (): Promise<number> => {
    await eventually(async () => expect(backgroundProcesses(server)).toHaveLength(1), SLOW);
    return backgroundProcesses(server)[0] as number;
  };
  const bytes = async () => (await readdir(server.imagesDir)).filter((name) => name.length >= 36);
  const uploaded = async (): Promise<string> => {
    const { id } = await client.create();
    // The bytes of the one before count until they are known to be gone.
    await eventually(async () => expect((await client.put(id, DATA)).status).toBe(204), SLOW);
    return id;
  };
  const killed = (pid: number) => process.kill(pid, 'SIGKILL');

  describe('at once', () => {
    beforeAll(() => start(''), SLOW);

    it('is carried out though the background process was killed before it heard of it', async () => {
      const id = await uploaded();
      const pid = await background();
      process.kill(pid, 'SIGSTOP');
      expect((await client.delete(id)).status).toBe(204);
      expect(await bytes()).toEqual([id]);
      killed(pid);
      await eventually(async () => expect(await bytes()).toEqual([]), SLOW);
      await client.delete(await uploaded());
    }, SLOW);

    it.each([5, 60])('is carried out though the background process was killed %i ms after it', async (ms) => {
      const id = await uploaded();
      const pid = await background();
      await client.delete(id);
      await sleep(ms);
      killed(pid);
      const next = await uploaded();
      expect(await bytes()).toEqual([next]);
      await client.delete(next);
    }, SLOW);

    it('is carried out once a store gives way that refuses, though the background process was killed meanwhile; the bytes count as long', async () => {
      const id = await uploaded();
      const inTheWay = join(server.imagesDir, id);
      await unlink(inTheWay);
      await mkdir(inTheWay);
      await client.delete(id);
      await eventually(async () => expect(server.output).toContain('will be tried again'), SLOW);
      killed(await background());
      const { id: other } = await client.create();
      expect((await client.put(other, DATA)).status).toBe(413);
      await rmdir(inTheWay);
      await eventually(async () => expect((await client.put(other, DATA)).status).toBe(204), SLOW);
      await client.delete(other);
    }, SLOW);
  });

  describe('that is delayed', () => {
    beforeAll(async () => {
      await server.end();
      await start('delayed_delete = True\nwakeup_time = 1\n', server.stateDir);
    }, SLOW);

    it('is carried out by the scrubber of the next process, where one was killed', async () => {
      const id = await uploaded();
      const pid = await background();
      process.kill(pid, 'SIGSTOP');
      expect((await client.delete(id)).status).toBe(204);
      for (const path of ['/file', '/stage']) expect([path, (await client.request(`/v2/images/${id}${path}`, { method: 'PUT', body: 'x', headers: { 'content-type': 'application/octet-stream' } })).status]).toEqual([path, 404]);
      expect(await client.status('POST', `/v2/images/${id}/members`, { member: 'p2' }, { 'content-type': 'application/json' })).toBe(404);
      expect(await bytes()).toEqual([id]);
      killed(pid);
      const next = await uploaded();
      expect(existsSync(join(server.imagesDir, id))).toBe(false);
      await client.delete(next);
    }, SLOW);

    it('waits for a store that refuses, and goes on by itself', async () => {
      const id = await uploaded();
      const inTheWay = join(server.imagesDir, id);
      await unlink(inTheWay);
      await mkdir(inTheWay);
      await client.delete(id);
      await eventually(async () => expect(server.output).toContain(`image ${id} stays in pending_delete`), SLOW);
      await rmdir(inTheWay);
      await uploaded();
    }, SLOW);
  });
});
