import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { testDatabase, type TestDatabase } from '../support/postgres.js';
import { run } from '../support/run.js';
import { freePort, Server } from '../support/server.js';

const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
const SLOW = 120_000;

describe('A database of the operator\'s own', () => {
  let folder: string;
  let database: TestDatabase;
  let conf: string;
  let client: Client;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'database-schema-'));
    database = await testDatabase();
    conf = join(folder, 'glance-api.conf');
    writeFileSync(conf, [
      '[DEFAULT]', 'bind_host = 127.0.0.1', `bind_port = ${await freePort()}`, 'workers = 0', `state_dir = ${folder}`, `node_staging_uri = file://${folder}/staging`,
      '[database]', `connection = ${database.url}`, '[glance_store]', `filesystem_store_datadir = ${folder}/images`, '',
    ].join('\n'));
    client = new Client({ connectionString: database.url });
    await client.connect();
  }, SLOW);
  afterAll(async () => {
    await client.end();
    await database.drop();
    rmSync(folder, { recursive: true });
  }, SLOW);

  const afterimage = (...args: string[]) => run('node', [MAIN, ...args, '--config-file', conf]);
  /** What the database has beside PostgreSQL's own. */
  const made = async () => (await client.query<{ name: string }>(`SELECT nspname AS name FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema$)'
    UNION SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname !~ '^(pg_|information_schema$)' ORDER BY 1`)).rows.map(({ name }) => name);

  it.each(['0', '1'])('seed 14: stays empty when a server with workers = %s is started on it, which ends and says what to do', async (workers) => {
    const { code, stderr } = await run('node', [MAIN, 'serve', '--config-file', conf], { env: { ...process.env, OS_DEFAULT__WORKERS: workers } });
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/ERROR: .*the database is empty, and nothing was created in it: run 'afterimage db sync'/) });
    expect(await made()).toEqual(['public']);
  }, SLOW);

  it('seed 14: stays empty when tools look at it', async () => {
    expect(await afterimage('glance-scrubber')).toMatchObject({ code: 1, stderr: expect.stringContaining('the database is empty') });
    expect(await afterimage('jobs', 'list')).toMatchObject({ code: 1, stderr: expect.stringContaining("the tables of the queues are not there, and nothing was created: run 'afterimage db sync'") });
    expect(await afterimage('db', 'check')).toMatchObject({ code: 3, stdout: 'Your database is not up to date. Your first step is to run `afterimage db expand`.\n' });
    expect(await afterimage('glance-manage', 'db_version')).toMatchObject({ code: 0, stdout: 'Database is not under migration control: run `glance-manage db sync`.\n' });
    expect(await made()).toEqual(['public']);
  }, SLOW);

  it('seed 14: is made by glance-manage db_sync, with the tables of the queues, and then serves', async () => {
    expect(await afterimage('glance-manage', 'db', 'version_control')).toMatchObject({ code: 0, stdout: 'Placed database under migration control at revision: none\n' });
    expect(await afterimage('glance-manage', 'db_sync')).toMatchObject({ code: 0, stdout: 'Database is synced successfully.\n' });
    expect(await afterimage('db', 'sync')).toMatchObject({ code: 0, stdout: 'Database is up to date. No migrations needed.\n' });
    expect(await afterimage('db', 'check', '--json')).toMatchObject({ code: 0, stdout: '{"next":null,"pending":{"expand":[],"migrate":[],"contract":[]},"newer":[],"queues":true}\n' });
    const before = await made();
    expect(before).toEqual(expect.arrayContaining(['afterimage.event', 'afterimage.image', 'bullmq.job']));
    const server = await Server.start({ conf: `db_auto_create = False\n[database]\nconnection = ${database.url}\n` });
    expect((await fetch(`${server.url}/v2/images`)).status).toBe(200);
    await server.dispose();
    expect(await made()).toEqual(before);
  }, SLOW);

  it('of an older program is told what it lacks, and works again after the steps of an upgrade', async () => {
    await client.query("DROP INDEX afterimage.image_scrub; DELETE FROM afterimage.kysely_migration WHERE name = '0009-scrub'");
    expect(await afterimage('serve')).toMatchObject({ code: 1, stderr: expect.stringMatching(/older than this program \(it lacks 0009-scrub\): run 'afterimage db sync'/) });
    expect(await afterimage('db', 'contract')).toMatchObject({ code: 1, stderr: expect.stringContaining('run `afterimage db expand` first') });
    expect(await afterimage('glance-manage', 'db', 'migrate')).toMatchObject({ code: 1, stderr: expect.stringContaining('run `glance-manage db expand` first') });
    expect(await afterimage('db', 'expand')).toMatchObject({ code: 0, stdout: expect.stringContaining('Upgraded database to: 0009-scrub') });
    expect(await afterimage('db', 'check')).toMatchObject({ code: 0 });
  }, SLOW);

  it('of a newer program is used as long as that has only added to it', async () => {
    await client.query("INSERT INTO afterimage.kysely_migration VALUES ('9000-more-of-images', now()); ALTER TABLE afterimage.image ADD more text");
    const server = await Server.start({ conf: `db_auto_create = True\n[database]\nconnection = ${database.url}\n` });
    expect(server.output).toContain('a newer program has expanded the schema (9000-more-of-images)');
    expect((await fetch(`${server.url}/v2/images`)).status).toBe(200);
    await server.dispose();
    expect(await afterimage('db', 'sync')).toMatchObject({ code: 0 });
    await client.query("INSERT INTO afterimage.kysely_migration VALUES ('9001-less-of-images.contract', now())");
    for (const command of [['serve'], ['db', 'sync'], ['db', 'check']]) {
      expect(await afterimage(...command)).toMatchObject({ code: 1, stderr: expect.stringContaining('the database was made for a newer program (9001-less-of-images.contract): upgrade this one') });
    }
  }, SLOW);

  it('is not touched by a wrong word: 2', async () => {
    const wrong = [['glance-manage'], ['glance-manage', 'db'], ['db', 'check', 'more'], ['glance-manage', 'db', 'sync', '--loudly']];
    const codes = await Promise.all(wrong.map(async (command) => (await run('node', [MAIN, ...command])).code));
    expect(codes).toEqual(wrong.map(() => 2));
  }, SLOW);
});
