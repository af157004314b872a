import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { ImageClient } from '../support/image-client.js';
import { run } from '../support/run.js';
import { Server } from '../support/server.js';

const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
const IMAGES = 60;
const SLOW = 60_000;

describe('A scrubber that is killed', () => {
  let server: Server;
  const args = (...more: string[]) => [MAIN, 'glance-scrubber', '--config-file', join(server.stateDir, 'test.conf'), '--state-dir', server.stateDir, ...more];
  const files = () => readdirSync(server.imagesDir).filter((name) => name.length === 36);

  beforeAll(async () => {
    server = await Server.start({ conf: 'delayed_delete = True\n[scrubber]\nin_server = False\n' });
  }, SLOW);
  afterAll(() => server.dispose(), SLOW);

  it('leaves every image as one that waits or one whose data is gone, and the next one ends its work', async () => {
    const client = new ImageClient(server);
    const ids = await Promise.all(Array.from({ length: IMAGES }, async () => {
      const { id } = await client.create();
      await client.put(id, 'data');
      await client.delete(id);
      return id;
    }));
    const child = spawn('node', args(), { stdio: 'ignore' });
    while (files().length > IMAGES - 5 && child.exitCode === null) await sleep(1);
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    expect(child.signalCode).toBe('SIGKILL');

    const waiting = files();
    expect(waiting.length).toBeGreaterThan(0);
    expect(await run('node', args('--restore', waiting.at(-1) ?? ''))).toMatchObject({ code: 0 });
    const gone = ids.find((id) => !waiting.includes(id)) ?? '';
    expect(await run('node', args('--restore', gone))).toMatchObject({ code: 1, stderr: expect.stringContaining('ERROR: ') });
    expect(await run('node', args())).toMatchObject({ code: 0, stderr: expect.stringContaining('left for the next run: 0') });
    expect(files()).toEqual(waiting.slice(-1));
    expect(await run('node', args())).toMatchObject({ code: 0, stderr: expect.stringContaining('images scrubbed: 0; left for the next run: 0') });
    expect((await client.list()).images.map(({ id }) => id)).toEqual(waiting.slice(-1));
  }, SLOW);
});
