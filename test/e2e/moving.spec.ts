import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from '../support/eventually.js';
import { ImageClient } from '../support/image-client.js';
import { hasKurrent, KURRENT, testKurrent } from '../support/kurrent.js';
import { testDatabase } from '../support/postgres.js';
import { startRedis } from '../support/redis.js';
import { run } from '../support/run.js';
import { Server } from '../support/server.js';

const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
const SLOW = 180_000;
const JSON_TYPE = { 'content-type': 'application/json' };

const ENGINES = [
  { title: 'another PostgreSQL', there: true, open: () => testDatabase().then(({ url, drop }) => ({ url, end: drop })) },
  { title: KURRENT, there: hasKurrent, open: () => testKurrent().then(({ url, stop }) => ({ url, end: stop })) },
];

describe.each(ENGINES)('From the embedded default to services of one\'s own, and back ($title)', ({ title, there, open }) => {
  if (!there) {
    it.skip(title, () => undefined);
    return;
  }

  it('loses no event, no image and no work, and can be tried again at each step', async () => {
    const [folder, events, readModel, redis] = await Promise.all([mkdtemp(join(tmpdir(), 'afterimage-moving-')), open(), testDatabase(), startRedis()]);
    const file = (name: string) => join(folder, name);
    const afterimage = (...args: string[]) => run('node', [MAIN, ...args]);
    const json = async <T>(...args: string[]): Promise<T> => {
      const { code, stdout, stderr } = await afterimage(...args, '--json');
      if (code !== 0) throw new Error(stderr);
      return JSON.parse(stdout) as T;
    };
    const all = async (of: ImageClient) => (await of.list('?limit=1000&sort=id:asc')).images;
    let old = await Server.start();
    const services = `[event_store]\nurl = ${events.url}\n[read_model]\nurl = ${readModel.url}\n[jobs]\nurl = ${redis.url}\n[glance_store]\nfilesystem_store_datadir = ${old.imagesDir}\n`;
    await writeFile(file('new.conf'), `[DEFAULT]\nbind_host = 127.0.0.1\n${services}`);
    const here = ['--config-file', join(old.stateDir, 'test.conf'), '--state-dir', old.stateDir];
    const elsewhere = ['--config-file', file('new.conf'), '--state-dir', folder];
    let current: Server | undefined;
    try {
      const before = new ImageClient(old);
      for (const n of [1, 2, 3]) expect((await before.put((await before.create({ name: `image ${n}`, tags: [`n${n}`] })).id, `bytes of ${n}`)).status).toBe(204);
      const first = await json<{ last: number; head: string }>('export', file('log'), ...here);
      expect((await before.put((await before.create({ name: 'late' })).id, 'late')).status).toBe(204);
      const shown = await all(before);

      expect(await afterimage('import', file('log'), ...elsewhere)).toMatchObject({ code: 1, stderr: expect.stringContaining('db sync') });
      expect(await afterimage('db', 'sync', ...elsewhere)).toMatchObject({ code: 0 });
      expect(await json('import', file('log'), ...elsewhere)).toMatchObject([{ events: first.last, stood: 0, head: first.head }]);
      expect(await json('import', file('log'), ...elsewhere)).toMatchObject([{ events: 0, stood: first.last }]);

      expect(await old.end()).toBe(0);
      const since = await json<{ events: number; head: string }>('export', file('since'), '--after', file('log'), ...here);
      expect(await json('import', file('log'), file('since'), ...elsewhere)).toMatchObject([{ events: 0 }, { events: since.events, head: since.head }]);
      expect(await json('export', file('same'), ...elsewhere)).toMatchObject({ head: since.head });

      current = await Server.start({ conf: `workers = 1\n${services}` });
      const now = new ImageClient(current);
      expect(await all(now)).toEqual(shown);
      expect(await afterimage('import', file('log'), ...elsewhere)).toMatchObject({ code: 1, stderr: expect.stringContaining('stop it first') });
      const { id } = await now.create({ name: 'of now' });
      expect(await now.status('PUT', `/v2/images/${id}/stage`, 'staged', { 'content-type': 'application/octet-stream' })).toBe(204);
      expect(await now.status('POST', `/v2/images/${id}/import`, { method: { name: 'glance-direct' } }, JSON_TYPE)).toBe(202);
      await eventually(async () => expect(await now.show(id)).toMatchObject({ status: 'active' }), 30_000);
      const later = await all(now);
      expect(await current.end()).toBe(0);
      expect(await json('projections', 'rebuild', '--verify', ...elsewhere)).toMatchObject({ differences: 0 });

      const back = await json<{ events: number; head: string }>('export', file('back'), '--after', file('since'), ...elsewhere);
      expect(back.events).toBeGreaterThan(4);
      expect(await json('import', file('back'), ...here)).toMatchObject([{ events: back.events, head: back.head }]);
      old = await Server.start({ stateDir: old.stateDir });
      expect(await all(new ImageClient(old))).toEqual(later);
      expect(await (await new ImageClient(old).request(`/v2/images/${id}/file`)).text()).toBe('staged');
    } finally {
      await Promise.all([old.dispose(), current?.dispose()]);
      await Promise.all([events.end(), readModel.drop(), redis.stop(), rm(folder, { recursive: true, force: true })]);
    }
  }, SLOW);
});
