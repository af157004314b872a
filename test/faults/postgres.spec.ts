import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '../support/eventually.js';
import { ImageClient } from '../support/image-client.js';
import { isAlive } from '../support/processes.js';
import { Server } from '../support/server.js';

interface Cluster {
  readonly url: string;
  readonly pid?: number;
  stop(): Promise<void>;
}

const SLOW = 120_000;
const JSON_TYPE = { 'content-type': 'application/json' };
const BYTES = { 'content-type': 'application/octet-stream' };

/** Ends it as a crash does, and starts it again over the same files. */
async function crash(pid: number): Promise<() => Promise<void>> {
  const [program = '', ...args] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
  const { uid, gid } = statSync(`/proc/${pid}`);
  const cwd = args[args.indexOf('-k') + 1];
  process.kill(pid, 'SIGQUIT');
  await eventually(async () => expect(isAlive(pid)).toBe(false), 30_000);
  const again = spawn('setpriv', ['--pdeathsig', 'INT', '--', program, ...args], { uid, gid, cwd, env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8' }, stdio: 'ignore' });
  return async () => {
    again.kill('SIGINT');
    if (again.exitCode === null) await once(again, 'exit');
  };
}

describe('A PostgreSQL that crashes', () => {
  it('is waited for: what was acknowledged is there, what was begun is carried out, and new work is taken', async () => {
    const { startCluster } = (await import(new URL('../support/postgres-cluster.mjs', import.meta.url).href)) as { startCluster(): Promise<Cluster> };
    const cluster = await startCluster();
    const server = await Server.start({ conf: `[database]\nconnection = ${cluster.url}\n` });
    let end = async () => undefined as void;
    try {
      const client = new ImageClient(server);
      const [kept, deleted, staged] = [await client.create(), await client.create(), await client.create()];
      for (const { id } of [kept, deleted]) expect((await client.put(id, 'acknowledged')).status).toBe(204);
      expect(await client.status('PUT', `/v2/images/${staged.id}/stage`, 'staged', BYTES)).toBe(204);
      // Whatever comes of these is right, as long as it is one or the other.
      const running = Promise.allSettled([client.status('POST', `/v2/images/${staged.id}/import`, { method: { name: 'glance-direct' } }, JSON_TYPE), client.delete(deleted.id)]);
      end = await crash(cluster.pid ?? 0);
      await running;
      await eventually(async () => expect(await client.show(kept.id)).toMatchObject({ status: 'active' }), 60_000);
      expect(await (await client.request(`/v2/images/${kept.id}/file`)).text()).toBe('acknowledged');
      await eventually(async () => expect((await client.delete(deleted.id)).status).toBe(404), 60_000);
      await eventually(async () => {
        const { status } = await client.show(staged.id);
        if (status === 'uploading') await client.status('POST', `/v2/images/${staged.id}/import`, { method: { name: 'glance-direct' } }, JSON_TYPE);
        expect(status).toBe('active');
      }, SLOW);
      const { id } = await client.create();
      expect((await client.put(id, 'new')).status).toBe(204);
      await eventually(async () => expect((await readdir(server.imagesDir)).toSorted()).toEqual([kept.id, staged.id, id].toSorted()), SLOW);
      expect(await readdir(join(server.stateDir, 'staging'))).toEqual([]);
      expect(server.child.exitCode).toBe(null);
    } finally {
      await server.dispose();
      await end();
      await cluster.stop();
    }
  }, 300_000);
});
