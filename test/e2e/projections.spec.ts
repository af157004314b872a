import { spawn } from 'node:child_process';
import { once } from 'node:events';
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
const JSON_TYPE = { 'content-type': 'application/json' };

describe('afterimage projections', () => {
  let server: Server;
  let client: ImageClient;
  let database: TestDatabase;
  let db: Client;
  const there = () => ['--config-file', join(server.stateDir, 'test.conf'), '--state-dir', server.stateDir];
  const projections = (...args: string[]) => run('node', [MAIN, 'projections', ...args, ...there()]);
  const lines = async (...args: string[]): Promise<unknown[]> => (await projections(...args, '--json')).stdout.trim().split('\n').map((line) => JSON.parse(line) as unknown);
  const scratch = async () => (await db.query<{ name: string }>("SELECT nspname AS name FROM pg_namespace WHERE nspname LIKE 'afterimage\\__%'")).rows.map(({ name }) => name);
  const indexes = async () => (await db.query("SELECT indexdef FROM pg_indexes WHERE schemaname = 'afterimage' ORDER BY 1")).rows;
  const options = async () => (await db.query(
    `SELECT relname, reloptions, (SELECT array_agg(attname || attstattarget ORDER BY attnum) FROM pg_attribute WHERE attrelid = c.oid AND attstattarget > 0) AS statistics
     FROM pg_class c WHERE relnamespace = 'afterimage'::regnamespace AND relkind = 'r' ORDER BY relname`)).rows;

  beforeAll(async () => {
    database = await testDatabase();
    server = await Server.start({ conf: `[event_store]\nurl = ${database.url}\n` });
    client = new ImageClient(server);
    db = new Client({ connectionString: database.url });
    await db.connect();
    for (let n = 0; n < 12; n++) await story(n);
    expect(await client.status('POST', '/v2/metadefs/namespaces', { namespace: 'Ours::Own' }, JSON_TYPE)).toBe(201);
  }, SLOW);
  afterAll(async () => {
    await db.end();
    await server.dispose();
    await database.drop();
  });

  /** Events of most kinds; each request must do. */
  async function story(n: number): Promise<string> {
    const { id } = await client.create({ name: `image ${n}`, tags: ['a', `n${n}`], hw_disk_bus: 'scsi', visibility: n % 4 === 0 ? 'public' : 'shared' });
    if (n % 4 !== 0) expect(await client.status('POST', `/v2/images/${id}/members`, { member: 'someone' }, JSON_TYPE)).toBe(200);
    expect((await client.put(id, `bytes of ${n}`)).status).toBe(204);
    expect((await client.list('?limit=5&sort=name:asc')).images.length).toBeGreaterThan(0);
    if (n % 3 === 0) expect(await client.status('DELETE', `/v2/images/${id}`)).toBe(204);
    else expect((await client.show(id)).status).toBe('active');
    return id;
  }

  it('builds them anew while requests go on, of which none fails and nothing is lost', async () => {
    const [before, kept] = [await indexes(), await options()];
    const rebuilt = projections('rebuild');
    let running = true;
    void rebuilt.then(() => (running = false));
    let done = 0;
    const clients = Array.from({ length: 3 }, async (_, who) => {
      while (running) await story(100 * who + done++);
    });
    expect(await rebuilt).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/^image-list, usage, metadef-catalog, tasks: built anew from the log up to \d+\n$/) });
    await Promise.all(clients);
    await story(999);
    expect(done).toBeGreaterThan(0);
    expect([await indexes(), await options(), await scratch()]).toEqual([before, kept, []]);
    expect(await projections('rebuild', '--verify')).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/ 0 difference\(s\) /) });
  }, SLOW);

  it('verify finds what the log does not say, row by row and column by column, and a rebuild puts it right', async () => {
    const { id } = await client.create({ name: 'true name' });
    const lost = await client.create({ name: 'lost' });
    await db.query("UPDATE afterimage.image SET name = 'false' WHERE id = $1", [id]);
    await db.query('DELETE FROM afterimage.image WHERE id = $1', [lost.id]);
    await db.query("INSERT INTO afterimage.usage (owner, slot, bytes, staged, images) VALUES ('nobody', 3, 7, 0, 0), ('none', 3, 0, 0, 0)");
    expect(await projections('rebuild', '--verify')).toMatchObject({ code: 1, stdout: expect.stringContaining(`image id=${id} name: live "false", replayed "true name"\n`) });
    const found = await lines('rebuild', '--verify');
    expect(found).toContainEqual({ table: 'image', key: { id }, column: 'name', live: 'false', replayed: 'true name' });
    expect(found).toContainEqual({ table: 'image', key: { id: lost.id }, column: 'status', replayed: 'queued' });
    expect(found).toContainEqual({ table: 'usage', key: { owner: 'nobody', slot: 3 }, column: 'bytes', live: 7 });
    expect(JSON.stringify(found)).not.toContain('"none"');
    expect(await lines('rebuild', 'usage')).toMatchObject([{ readModels: ['usage'] }]);
    expect((await db.query("SELECT FROM afterimage.usage WHERE owner = 'nobody'")).rowCount).toBe(0);
    expect((await projections('rebuild')).code).toBe(0);
    expect(await client.show(lost.id)).toMatchObject({ name: 'lost' });
    expect((await lines('rebuild', '--verify')).at(-1)).toMatchObject({ differences: 0 });
  }, SLOW);

  it('a rebuild that is killed leaves the read models whole, and a second one beside it is refused', async () => {
    const writer = new Client({ connectionString: database.url });
    await writer.connect();
    try {
      // While this transaction is open no moment is quiet.
      await writer.query('BEGIN; LOCK TABLE afterimage.event IN ROW EXCLUSIVE MODE');
      const killed = spawn('node', [MAIN, 'projections', 'rebuild', ...there()], { stdio: 'ignore' });
      await eventually(async () => expect((await db.query("SELECT FROM pg_indexes WHERE schemaname = 'afterimage_rebuild' AND indexname = 'image_updated'")).rowCount).toBe(1), 60_000);
      expect(await projections('rebuild')).toMatchObject({ code: 1, stderr: expect.stringContaining('being rebuilt or verified by another command') });
      await story(1);
      killed.kill('SIGKILL');
      await once(killed, 'exit');
    } finally {
      await writer.end();
    }
    await story(2);
    expect(await scratch()).toEqual(['afterimage_rebuild']);
    await eventually(async () => expect((await lines('rebuild', '--verify')).at(-1)).toMatchObject({ differences: 0 }), 60_000);
    expect(await scratch()).toEqual([]);
  }, SLOW);

  it('lists them with their rows and their place in the log', async () => {
    const count = async (table: string) => Number((await db.query<{ count: string }>(`SELECT count(*) FROM afterimage.${table}`)).rows[0]?.count);
    const { stdout } = await projections('list', '--json');
    expect(JSON.parse(stdout)).toMatchObject([
      { name: 'image-list', kind: 'inline', lag: 0, rows: { image: await count('image'), image_member: await count('image_member') } },
      { name: 'usage' }, { name: 'metadef-catalog', rows: { metadef_namespace: await count('metadef_namespace') } }, { name: 'tasks', rows: { task: 0 } },
    ]);
  }, SLOW);

  it('says what it cannot do', async () => {
    expect(await projections('rebuild', 'images')).toEqual({ code: 1, stdout: '', stderr: expect.stringContaining('they are image-list, usage, metadef-catalog, tasks') });
    expect(await run('node', [MAIN, 'projections', 'rebuild', '--memory'])).toEqual({ code: 1, stdout: '', stderr: expect.stringContaining('only the server itself can reach them') });
  }, SLOW);
});
