import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { ImageClient, type Document } from '../support/image-client.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';
import { run, type Run } from '../support/run.js';
import { Server } from '../support/server.js';
import { FAKEAUTH, TOKENS } from '../support/story.js';

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const MAIN = path('../../dist/src/main.js');
const SLOW = 120_000;

interface Told {
  readonly found: readonly { readonly kind: string; readonly what: string; readonly detail: string }[];
  readonly summary: { readonly images: { readonly read: number; readonly imported: number; readonly present: number; readonly left: number } };
}

describe('afterimage import-legacy, of a database with numbers for ids', () => {
  const folder = mkdtempSync(join(tmpdir(), 'afterimage-essex-'));
  const images = join(folder, 'images');
  const old = join(folder, 'glance.sqlite');
  const databases: TestDatabase[] = [];

  /** A configuration with a database of its own. */
  const target = async (name: string): Promise<string> => {
    const database = await testDatabase();
    databases.push(database);
    const conf = join(folder, `${name}.conf`);
    writeFileSync(conf, `[DEFAULT]\nbind_host = 127.0.0.1\ndb_auto_create = True\nnode_staging_uri = file://${folder}/staging\n[database]\nconnection = ${database.url}\n[glance_store]\nfilesystem_store_datadir = ${images}\n`);
    return conf;
  };
  const importInto = (conf: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<Run> =>
    run('node', [MAIN, 'import-legacy', '--config-file', conf, '--state-dir', folder, '--from', `sqlite:///${old}`, ...args], { env });
  const told = ({ stdout }: Run) => JSON.parse(stdout) as Told;
  const rows = async ({ url }: TestDatabase): Promise<unknown[]> => {
    const client = new Client({ connectionString: url });
    await client.connect();
    const { rows: found } = await client.query('SELECT id, owner, visibility, status, name, size, checksum, created_at, updated_at, tags, props FROM afterimage.image ORDER BY id');
    await client.end();
    return found;
  };
  let whole: string;
  let server: Server;

  beforeAll(async () => {
    mkdirSync(images);
    for (const [id, data] of [['1', 'kernel'], ['2', 'ramdisk'], ['3', 'machine'], ['4', 'data']] as const) writeFileSync(join(images, id), data);
    const database = new DatabaseSync(old);
    database.exec(readFileSync(path('../support/essex-glance.sql'), 'utf8').replaceAll('@IMAGES@', images));
    database.close();
    whole = await target('whole');
  }, SLOW);
  afterAll(async () => {
    await server?.dispose();
    await Promise.all(databases.map((one) => one.drop()));
    rmSync(folder, { recursive: true, force: true });
  }, SLOW);

  it('says in a dry run what it would do, and does nothing', async () => {
    const dry = await importInto(whole, ['--dry-run', '--json']);
    expect(dry).toMatchObject({ code: 0, stderr: '' });
    expect(told(dry).summary).toMatchObject({ dryRun: true, images: { read: 9, imported: 9, present: 0, left: 0, byStatus: { active: 5, queued: 2, killed: 1, deleted: 1 } } });
    expect(await rows(databases[0] as TestDatabase)).toEqual([]);
  }, SLOW);

  it('tells what it did and what the operator should know, and imports nothing twice', async () => {
    const first = await importInto(whole);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toContain('images       9 read: 9 imported (5 active, 1 deleted, 1 killed, 2 queued), 0 here already, 0 left');
    expect(first.stdout).toMatch(/^reference +9 +its kernel_id 99 is the id of no image/m);
    expect(first.stdout).toMatch(/^status +7 +it was saving and is queued now/m);
    expect(first.stdout.match(/^renamed /gm)).toHaveLength(9);
    expect(told(await importInto(whole, ['--json'])).summary).toMatchObject({ images: { read: 9, imported: 0, present: 9, left: 0 }, members: 0, locations: 0 });
  }, SLOW);

  it('gives, killed in the middle and run again, what one run gives', async () => {
    const conf = await target('killed');
    const steps = join(folder, 'steps');
    mkdirSync(steps);
    writeFileSync(join(steps, 'kill'), 'append ImageCreated ImageAttributesChanged ImageUploadFailed');
    const killed = await importInto(conf, ['--json'], { NODE_OPTIONS: `--import=${path('../support/kill-at-step.mjs')}`, AFTERIMAGE_TEST_STEPS: steps });
    expect(killed).toMatchObject({ code: null, stdout: expect.not.stringContaining('summary') });
    const resumed = told(await importInto(conf, ['--json'])).summary.images;
    expect(resumed).toMatchObject({ read: 9, left: 0 });
    expect(resumed.imported).toBeGreaterThan(0);
    const [once, twice] = await Promise.all(databases.slice(0, 2).map(rows));
    expect(once).toHaveLength(9);
    expect(twice).toEqual(once);
  }, SLOW);

  describe('shows on a server', () => {
    let root: ImageClient;
    const named = async (name: string): Promise<Document> => {
      const [found] = (await root.list(`?visibility=all&name=${encodeURIComponent(name)}`)).images;
      if (!found) throw new Error(`there is no image ${name}`);
      return found;
    };

    beforeAll(async () => {
      const conf = `[database]\nconnection = ${databases[0]?.url}\n[glance_store]\nfilesystem_store_datadir = ${images}\n${FAKEAUTH}`;
      server = await Server.start({ conf });
      root = new ImageClient(server, TOKENS.root);
    }, SLOW);

    it('seed 15: bug 975651: kernel_id and ramdisk_id that are the new ids of the right images', async () => {
      const [kernel, ramdisk, machine] = [await named('natty-kernel'), await named('natty-ramdisk'), await named('natty')];
      expect(machine).toMatchObject({ kernel_id: kernel.id, ramdisk_id: ramdisk.id, distro: 'ubuntu', version: '1', min_disk: 2, min_ram: 256, disk_format: 'ami' });
      expect(machine).not.toHaveProperty('taken back');
      expect(kernel.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5/);
      expect(await named('lost its kernel')).toMatchObject({ kernel_id: '99', owner: null });
      for (const [{ id }, data] of [[kernel, 'kernel'], [ramdisk, 'ramdisk'], [machine, 'machine']] as const) {
        expect(await (await root.request(`/v2/images/${id}/file`)).text()).toBe(data);
      }
    });

    it('images as they were: times, visibility, members, and an MD5 without another hash', async () => {
      expect(await named('natty-kernel')).toMatchObject({
        status: 'active', visibility: 'public', owner: 'red', size: 6, checksum: '50484c19f1afdaf3841a0d821ed393d2', os_hash_algo: null, os_hash_value: null,
        created_at: '2011-07-01T10:00:00Z', updated_at: '2011-07-01T10:00:05Z',
      });
      const some = await named('for some');
      expect(some).toMatchObject({ visibility: 'shared', note: '', updated_at: '2011-07-03T10:00:00Z' });
      const { members } = (await (await root.request(`/v2/images/${some.id}/members`)).json()) as { members: unknown[] };
      expect(members).toEqual([expect.objectContaining({ member_id: 'blue', status: 'pending', created_at: '2011-07-03T10:00:00Z' })]);
      expect(await named('for nobody else')).toMatchObject({ status: 'queued', visibility: 'private', created_at: '2011-07-02T11:00:00Z', updated_at: '2011-07-02T11:00:00Z' });
      expect(await named('under way')).toMatchObject({ status: 'queued', owner: 'blue' });
    });

    it('in no list the deleted and the killed one, whose ids stay taken', async () => {
      for (const status of ['deleted', 'killed']) {
        const id = (await rows(databases[0] as TestDatabase) as { id: string; status: string }[]).find((row) => row.status === status)?.id;
        expect(id).toBeDefined();
        expect(await root.status('GET', `/v2/images/${id}`)).toBe(status === 'killed' ? 200 : 404);
        expect(await root.status('POST', '/v2/images', { id }, { 'content-type': 'application/json' })).toBe(409);
      }
    });

    it('data that can be verified where only an MD5 is known', async () => {
      const conf = join(folder, 'whole.conf');
      const verify = () => run('node', [MAIN, 'reconcile', '--verify', '--json', '--store', 'file', '--config-file', conf, '--state-dir', folder]);
      const good = JSON.parse((await verify()).stdout) as { found: { kind: string; name: string }[] };
      // The web server of one image is not there.
      expect(good.found.filter(({ kind }) => kind !== 'unreadable' && kind !== 'unknown')).toEqual([]);
      writeFileSync(join(images, '1'), 'kernal');
      const bad = JSON.parse((await verify()).stdout) as { found: { kind: string }[] };
      expect(bad.found.filter(({ kind }) => kind === 'wrong-hash')).toHaveLength(1);
    }, SLOW);
  });

  it('says what to do where it cannot begin', async () => {
    const conf = join(folder, 'whole.conf');
    const other = join(folder, 'other.sqlite');
    const database = new DatabaseSync(other);
    database.exec('CREATE TABLE things (id INTEGER)');
    database.close();
    const from = (url: string) => run('node', [MAIN, 'import-legacy', '--config-file', conf, '--state-dir', folder, '--from', url]);
    expect(await from(`sqlite:///${other}`)).toMatchObject({ code: 1, stderr: expect.stringMatching(/ERROR: .*has no table "images".*glance-api\.conf/) });
    expect(await from('sqlite:////nowhere/glance.sqlite')).toMatchObject({ code: 1, stderr: expect.stringContaining('there is no such file') });
    expect(await from('oracle://glance:hidden@db/glance')).toMatchObject({ code: 1, stderr: expect.not.stringContaining('hidden') });
    expect(await run('node', [MAIN, 'import-legacy', '--config-file', conf])).toMatchObject({ code: 2, stderr: expect.stringContaining('--from') });
  }, SLOW);
});
