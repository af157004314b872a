import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { eventually } from '../support/eventually.js';
import { ImageClient } from '../support/image-client.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';
import { run } from '../support/run.js';
import { Server } from '../support/server.js';

const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
const SLOW = 180_000;
/** All that is derived from the log, and the log. */
const TABLES = ['event', 'log', 'image', 'image_member', 'usage', 'task', 'metadef_namespace'];

describe('afterimage export and import', () => {
  let folder: string;
  let server: Server;
  let client: ImageClient;
  let database: TestDatabase;
  const file = (name: string) => join(folder, name);
  const there = () => ['--config-file', join(server.stateDir, 'test.conf'), '--state-dir', server.stateDir];
  const elsewhere = () => ['--config-file', file('other.conf'), '--state-dir', folder];
  const afterimage = (...args: string[]) => run('node', [MAIN, ...args]);
  const json = async (...args: string[]): Promise<unknown> => {
    const { code, stdout, stderr } = await afterimage(...args, '--json');
    if (code !== 0) throw new Error(stderr);
    return JSON.parse(stdout);
  };
  const all = async (of: ImageClient) => (await of.list('?limit=1000&sort=id:asc')).images;
  const rows = async (url: string, table: string): Promise<unknown[]> => {
    const db = new Client({ connectionString: url });
    await db.connect();
    try {
      return (await db.query(`SELECT to_jsonb(t) - 'seq' AS row FROM afterimage.${table} t ORDER BY 1`)).rows;
    } finally {
      await db.end();
    }
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'afterimage-backup-'));
    database = await testDatabase();
    await writeFile(file('other.conf'), `[DEFAULT]\nbind_host = 127.0.0.1\ndb_auto_create = true\n[event_store]\nurl = ${database.url}\n`);
    server = await Server.start();
    client = new ImageClient(server);
    for (const n of [1, 2, 3, 4]) {
      const { id } = await client.create({ name: `image ${n}`, tags: ['a', `n${n}`], hw_disk_bus: 'scsi', visibility: n === 2 ? 'public' : 'shared' });
      if (n !== 4) expect((await client.put(id, `bytes of ${n}`)).status).toBe(204);
      if (n === 1) expect(await client.status('POST', `/v2/images/${id}/members`, { member: 'someone' }, { 'content-type': 'application/json' })).toBe(200);
      if (n === 2) expect(await client.status('POST', `/v2/images/${id}/actions/deactivate`)).toBe(204);
      if (n === 3) await client.delete(id);
    }
    expect(await client.status('POST', '/v2/metadefs/namespaces', { namespace: 'Ours::Own' }, { 'content-type': 'application/json' })).toBe(201);
  }, SLOW);
  afterAll(async () => {
    await server.dispose();
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });

  it('moves everything that an API client sees, and whose bytes stay where they are, to another database', async () => {
    const first = (await json('export', file('first'), ...there())) as { events: number; head: string };
    expect(first).toMatchObject({ file: file('first'), first: 1, last: first.events, resumed: 0 });
    const { id } = await client.create({ name: 'later' });
    expect((await client.put(id, 'late bytes')).status).toBe(204);
    const [older] = await all(client);
    expect(await client.status('PUT', `/v2/images/${older?.id}/tags/changed-since`)).toBe(204);
    const shown = await all(client);
    expect(shown[0]?.tags).toContain('changed-since');
    // What nobody has moved to the log yet is not forgotten.
    await server.end('SIGKILL');
    let since = { events: 0, last: 0, head: '' };
    // Its PostgreSQL ends a little after it, under an export that was too early: the next goes on.
    await eventually(async () => void (since = (await json('export', file('since'), '--after', file('first'), ...there())) as typeof since), 60_000);
    expect(since.events).toBeGreaterThanOrEqual(3);

    expect(await afterimage('import', '--check', file('first'), file('since'))).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining(`head ${since.head}`) });
    expect(await afterimage('import', file('since'), ...elsewhere())).toMatchObject({ code: 1, stderr: expect.stringContaining('import the file with what lies between first') });
    expect(await json('import', file('first'), file('since'), ...elsewhere())).toMatchObject([{ events: first.events, stood: 0 }, { events: since.events, stood: 0, last: since.last }]);
    expect(await json('import', file('first'), file('since'), ...elsewhere())).toMatchObject([{ events: 0, stood: first.events }, { events: 0, stood: since.events }]);
    await json('export', file('again'), ...elsewhere());
    expect(await json('import', '--check', file('again'))).toMatchObject([{ last: since.last, head: since.head }]);

    const other = await Server.start({ conf: `db_auto_create = true\n[event_store]\nurl = ${database.url}\n[glance_store]\nfilesystem_store_datadir = ${server.imagesDir}\n` });
    try {
      const moved = new ImageClient(other);
      expect(await all(moved)).toEqual(shown);
      for (const { id: image } of shown.filter(({ status }) => status === 'active')) {
        expect(Buffer.from(await (await moved.request(`/v2/images/${image}/file`)).arrayBuffer()).toString()).toMatch(/bytes/);
      }
      expect(await (await moved.request('/v2/metadefs/namespaces/Ours::Own')).json()).toMatchObject({ namespace: 'Ours::Own' });
      expect((await moved.put((await moved.create()).id, 'new bytes')).status).toBe(204);
    } finally {
      await other.dispose();
    }
  }, SLOW);

  it('gives the tables that appends would have written, work that is open included', async () => {
    const [one, two] = [await testDatabase(), await testDatabase()];
    const conf = (name: string, { url }: TestDatabase) => writeFile(file(name), `[DEFAULT]\nbind_host = 127.0.0.1\ndb_auto_create = true\n[event_store]\nurl = ${url}\n`);
    try {
      await Promise.all([conf('one.conf', one), conf('two.conf', two)]);
      const first = await Server.start({ conf: `db_auto_create = true\ndelayed_delete = True\n[event_store]\nurl = ${one.url}\n` });
      const some = new ImageClient(first);
      const kept = await some.create({ name: 'kept', tags: ['b'] });
      await some.put(kept.id, 'kept');
      const gone = await some.create({ name: 'gone' });
      await some.put(gone.id, 'gone');
      await some.delete(gone.id);
      await first.end('SIGTERM');
      await json('export', file('one'), '--config-file', file('one.conf'), '--state-dir', folder);
      await json('import', file('one'), '--config-file', file('two.conf'), '--state-dir', folder);
      for (const table of TABLES) expect({ table, rows: await rows(two.url, table) }).toEqual({ table, rows: await rows(one.url, table) });
      expect((await rows(two.url, 'image')).filter((row) => JSON.stringify(row).includes('pending_delete'))).toHaveLength(1);
      await first.dispose();
    } finally {
      await Promise.all([one.drop(), two.drop()]);
    }
  }, SLOW);

  it('refuses what it must not do, and says what to do instead', async () => {
    const refused = async (what: string, ...args: string[]) => expect(await afterimage(...args)).toEqual({ code: 1, stdout: '', stderr: expect.stringContaining(what) });
    await refused('is there already. Name another file', 'export', file('first'), ...there());
    await refused('is damaged at line', 'import', await changed('first'), ...elsewhere());
    await refused("not that of a file which 'afterimage export' wrote", 'import', file('other.conf'), ...elsewhere());
    await refused('has another log', 'import', file('one'), ...elsewhere());
    await refused('only the server itself can reach them', 'export', file('new'), '--memory');
    await writeFile(file('site.conf'), `[site]\nname = other\n[event_store]\nurl = ${database.url}\n`);
    await refused('set [site] name = local', 'import', file('first'), '--config-file', file('site.conf'));
    server = await Server.start({ stateDir: server.stateDir });
    await refused('stop it first', 'import', file('first'), ...there());
  }, SLOW);

  async function changed(name: string): Promise<string> {
    const bytes = await readFile(file(name));
    const at = bytes.length >> 1;
    bytes.writeUInt8(bytes.readUInt8(at) ^ 4, at);
    await writeFile(file('changed'), bytes);
    return file('changed');
  }
});
