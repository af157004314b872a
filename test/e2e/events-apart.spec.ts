import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { eventually } from '../support/eventually.js';
import { ImageClient } from '../support/image-client.js';
import { hasKurrent, KURRENT, testKurrent } from '../support/kurrent.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';
import { run } from '../support/run.js';
import { Server } from '../support/server.js';

const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
const SLOW = 120_000;
const JSON_TYPE = { 'content-type': 'application/json' };
const MOST = 12;

interface Events {
  readonly url: string;
  end(): Promise<void>;
}

const ENGINES: readonly { readonly title: string; readonly there: boolean; open(): Promise<Events> }[] = [
  { title: 'PostgreSQL', there: true, open: () => testDatabase().then(({ url, drop }) => ({ url, end: drop })) },
  { title: KURRENT, there: hasKurrent, open: () => testKurrent().then(({ url, stop }) => ({ url, end: stop })) },
];

describe.each(ENGINES)('Events elsewhere than what is read of them ($title)', ({ title, there, open }) => {
  if (!there) {
    it.skip(title, () => undefined);
    return;
  }
  let events: Events;
  let database: TestDatabase;
  let server: Server;
  let client: ImageClient;
  let reads: Client;
  const conf = (readModel: string): string => `workers = 2\nimage_count_quota = ${MOST}\nuser_storage_quota = 1MB\n[event_store]\nurl = ${events.url}\n[read_model]\nurl = ${readModel}\n`;
  const projections = (...args: string[]) => run('node', [MAIN, 'projections', ...args, '--config-file', join(server.stateDir, 'test.conf'), '--state-dir', server.stateDir]);
  const agrees = async (): Promise<void> => {
    const { code, stdout, stderr } = await projections('rebuild', '--verify', '--json');
    expect({ code, differences: code === 0 ? (JSON.parse(stdout) as { differences: number }).differences : stdout + stderr }).toEqual({ code: 0, differences: 0 });
  };

  beforeAll(async () => {
    [events, database] = [await open(), await testDatabase()];
    server = await Server.start({ conf: conf(database.url) });
    client = new ImageClient(server);
    reads = new Client({ connectionString: database.url });
    await reads.connect();
  }, SLOW);
  afterAll(async () => {
    await reads.end();
    await server.dispose();
    await database.drop();
    await events.end();
  }, SLOW);

  it('every worker shows at once what any of them answered', async () => {
    for (let round = 0; round < 4; round++) {
      const created = await client.request('/v2/images', { method: 'POST', headers: { ...JSON_TYPE, connection: 'close' }, body: JSON.stringify({ name: 'a', disk_format: 'raw', container_format: 'bare' }) });
      expect(created.headers.get('x-afterimage-lag')).toBeNull();
      const { id } = (await created.json()) as { id: string };
      const shown = async () => Promise.all(Array.from({ length: 4 }, async () => (await (await client.request(`/v2/images/${id}`, { headers: { connection: 'close' } })).json()) as Record<string, unknown>));
      for (const image of await shown()) expect(image).toMatchObject({ name: 'a', status: 'queued' });
      expect((await client.patch(id, [{ op: 'replace', path: '/name', value: 'b' }])).status).toBe(200);
      for (const image of await shown()) expect(image).toMatchObject({ name: 'b' });
      expect((await client.put(id, 'bytes')).status).toBe(204);
      for (const image of await shown()) expect(image).toMatchObject({ status: 'active', size: 5 });
      expect((await client.list('?name=b')).images.map((image) => image.id)).toEqual([id]);
      expect((await client.delete(id)).status).toBe(204);
      expect((await client.list()).images).toEqual([]);
    }
  }, SLOW);

  it('what owners may have is never passed, and all of it can be used again', async () => {
    for (let round = 0; round < 2; round++) {
      const answers = await Promise.all(Array.from({ length: MOST + 8 }, () => client.request('/v2/images', { method: 'POST', headers: JSON_TYPE, body: JSON.stringify({ name: 'q', owner: 'one' }) })));
      const ids = await Promise.all(answers.filter(({ status }) => status === 201).map(async (answer) => ((await answer.json()) as { id: string }).id));
      expect([ids.length, answers.filter(({ status }) => status === 413).length]).toEqual([MOST, 8]);
      await Promise.all(ids.map((id) => client.delete(id)));
    }
    await eventually(async () => expect((await reads.query('SELECT FROM afterimage.usage_reservation')).rowCount).toBe(0), 10_000);
  }, SLOW);

  it('jobs find what started them', async () => {
    const { id } = await client.create({ name: 'imported' });
    expect(await client.status('PUT', `/v2/images/${id}/stage`, 'staged', { 'content-type': 'application/octet-stream' })).toBe(204);
    expect(await client.status('POST', `/v2/images/${id}/import`, { method: { name: 'glance-direct' } }, JSON_TYPE)).toBe(202);
    await eventually(async () => expect(await client.show(id)).toMatchObject({ status: 'active', size: 6 }), 20_000);
    expect(await (await client.request(`/v2/images/${id}/file`)).text()).toBe('staged');
  }, SLOW);

  it('an answer that goes out before it can be read says so, and it is there soon after', async () => {
    await reads.query("BEGIN; SELECT FROM afterimage.follower WHERE name = 'read-model' FOR UPDATE");
    const created = await client.request('/v2/images', { method: 'POST', headers: JSON_TYPE, body: JSON.stringify({ name: 'late' }) });
    const { id } = (await created.json()) as { id: string };
    expect([created.status, created.headers.get('x-afterimage-lag')]).toEqual([201, '1']);
    expect((await client.request(`/v2/images/${id}`)).status).toBe(404);
    await reads.query('COMMIT');
    await eventually(async () => expect(await client.show(id)).toMatchObject({ name: 'late' }), 10_000);
  }, SLOW);

  it('nothing is lost or counted twice when everything is killed under load', async () => {
    let killed = false;
    const answered: string[] = [];
    const writing = Promise.all(Array.from({ length: 4 }, async (_, n) => {
      while (!killed) await client.create({ name: 'k', owner: `k${n}${answered.length}` }).then(({ id }) => answered.push(id), () => undefined);
    }));
    await eventually(async () => expect(answered.length).toBeGreaterThan(30), 30_000);
    await server.end('SIGKILL');
    killed = true;
    await writing;
    server = await Server.start({ conf: conf(database.url), stateDir: server.stateDir });
    client = new ImageClient(server);
    for (const id of answered) expect(await client.show(id)).toMatchObject({ name: 'k' });
    await agrees();
  }, SLOW);

  it('an empty database becomes the same read models, and a rebuild brings back what an accident took', async () => {
    const before = (await client.list('?limit=1000&sort=id:asc')).images;
    const other = await testDatabase();
    const second = await Server.start({ conf: conf(other.url) });
    expect((await new ImageClient(second).list('?limit=1000&sort=id:asc')).images).toEqual(before);
    await second.dispose();
    await other.drop();
    await reads.query('DELETE FROM afterimage.image');
    expect((await client.list()).images).toEqual([]);
    expect((await projections('rebuild')).code).toBe(0);
    expect((await client.list('?limit=1000&sort=id:asc')).images).toEqual(before);
    await agrees();
    expect(await client.create({ name: 'after' })).toMatchObject({ status: 'queued' });
    await agrees();
  }, SLOW);

  it('read models of other events are refused', async () => {
    await server.end();
    const empty = await open();
    const folder = mkdtempSync(join(tmpdir(), 'afterimage-test-'));
    const starts = async (store: string) => {
      writeFileSync(join(folder, 'own.conf'), `[DEFAULT]\nbind_port = 1\nworkers = 0\ndb_auto_create = True\n[event_store]\nurl = ${store}\n[read_model]\nurl = ${database.url}\n[glance_store]\nfilesystem_store_datadir = ${folder}/images\n`);
      return run('node', [MAIN, 'serve', '--state-dir', folder, '--config-file', join(folder, 'own.conf')]);
    };
    for (const [store, why] of [[empty.url, 'it is another log, or an older state of it'], [database.url, 'follow events that are kept elsewhere']] as const) {
      const { code, stdout, stderr } = await starts(store);
      expect({ code, said: stdout + stderr }).toEqual({ code: 1, said: expect.stringContaining(why) });
    }
    await empty.end();
    rmSync(folder, { recursive: true });
  }, SLOW);
});
