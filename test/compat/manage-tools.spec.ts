import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { jsonFilesIn, metadefFile, named } from '../support/metadef-files.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';
import { run, type Run } from '../support/run.js';

const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
const DEBIAN_FILES = '/etc/glance/metadefs';
const SLOW = 120_000;

/** Debian's glance-manage and glance-status on SQLite, ours on PostgreSQL. */
describe('glance-manage and glance-status', () => {
  let folder: string;
  let database: TestDatabase;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'manage-tools-'));
    database = await testDatabase();
  }, SLOW);
  afterAll(async () => {
    await database.drop();
    rmSync(folder, { recursive: true });
  }, SLOW);

  const confOf = (name: string, text: string): string => {
    const conf = join(folder, `${name}.conf`);
    writeFileSync(conf, text);
    return conf;
  };
  const theirConf = (more = '') => confOf('theirs', `[DEFAULT]\n${more}\n[database]\nconnection = sqlite:///${folder}/glance.sqlite\n[glance_store]\nfilesystem_store_datadir = ${folder}/images\n`);
  const ourConf = (more = '') => confOf('ours', `[DEFAULT]\nbind_host = ::1\nstate_dir = ${folder}\n${more}\n[database]\nconnection = ${database.url}\n[glance_store]\nfilesystem_store_datadir = ${folder}/images\n`);
  const theirs = (tool: string, conf: string, ...args: string[]) => run('/usr/bin/python3', ['-W', 'ignore', `/usr/bin/${tool}`, '--config-file', conf, ...args]);
  const ours = (tool: string, conf: string, ...args: string[]) => run('node', [MAIN, tool, '--config-file', conf, ...args]);
  const both = async (...args: string[]): Promise<readonly [Run, Run]> => Promise.all([theirs('glance-manage', theirConf(), ...args), ours('glance-manage', ourConf(), ...args)]);

  it('make a database, and say the same of one that is up to date', async () => {
    expect(await ours('glance-manage', ourConf(), 'db_check')).toMatchObject({ code: 3 });
    for (const action of ['db_sync', 'db_check', 'db_contract']) {
      const [their, our] = await both(action);
      expect([action, our.code, our.stdout.split('\n').at(-2)]).toEqual([action, their.code, their.stdout.split('\n').at(-2)]);
    }
    const [their, our] = await both('db', 'version');
    expect([our.code, our.stdout.split('\n').length]).toEqual([their.code, their.stdout.split('\n').length]);
  }, SLOW);

  it.each([
    [['db', 'purge', '--age_in_days', '-1']], [['db', 'purge_images_table', 'x']], [['db', 'snyc']], [['db', 'purge', '30', '-1']], [['db', 'upgrade', '--version', 'nonsense']], [['db', 'load_metadefs', '--prefer_new']],
  ])('end alike: %j', async (args) => {
    const [their, our] = await both(...args);
    expect({ our: our.code, says: our.stderr }).toEqual({ our: their.code, says: our.stderr });
  }, SLOW);

  /** By what clients find them. */
  const content = (where: string) => Object.fromEntries(jsonFilesIn(where).map((file) => {
    const { namespace, properties = {}, objects = [], tags = [], resource_type_associations: types } = metadefFile(where, file);
    return [namespace, { properties: Object.keys(properties).toSorted(), objects: named(objects).toSorted(), tags: named(tags).toSorted(), types: named(types).toSorted() }];
  }));
  const exportedBy = async (who: string, exporting: (path: string) => Promise<Run>) => {
    const path = join(folder, who);
    mkdirSync(path);
    expect(await exporting(`${path}/`)).toMatchObject({ code: 0 });
    return path;
  };

  it('load Debian\'s metadata definitions alike, and each reads what the other exports', async () => {
    const loaded = await both('db_load_metadefs');
    expect(loaded.map(({ code }) => code)).toEqual([0, 0]);
    const original = content(DEBIAN_FILES);
    const [their, our] = [
      await exportedBy('theirs', (path) => theirs('glance-manage', theirConf(), 'db', 'export_metadefs', '--path', path)),
      await exportedBy('ours', (path) => ours('glance-manage', ourConf(), 'db', 'export_metadefs', '--path', path)),
    ];
    expect(Object.keys(original).length).toBeGreaterThan(30);
    expect(content(our)).toEqual(original);
    expect(content(our)).toEqual(content(their));
    expect(jsonFilesIn(our)).toEqual(jsonFilesIn(their));
    for (const [tool, conf, from] of [[theirs, theirConf(), our], [ours, ourConf(), their]] as const) {
      expect((await tool('glance-manage', conf, 'db_unload_metadefs')).code).toBe(0);
      expect((await tool('glance-manage', conf, 'db_load_metadefs', from)).code).toBe(0);
    }
    expect(content(await exportedBy('theirs-again', (path) => theirs('glance-manage', theirConf(), 'db_export_metadefs', path)))).toEqual(original);
    expect(content(await exportedBy('ours-again', (path) => ours('glance-manage', ourConf(), 'db_export_metadefs', path)))).toEqual(original);
  }, SLOW);

  it('check an upgrade in the same form, ours with the schema and unknown events besides', async () => {
    const [their, our] = await Promise.all([theirs('glance-status', theirConf(), 'upgrade', 'check'), ours('glance-status', ourConf(), 'upgrade', 'check')]);
    expect([their.code, our.code]).toEqual([0, 0]);
    const lines = (text: string) => text.split('\n').filter((line) => line.startsWith('| ')).map((line) => line.slice(2, -1).trim());
    expect(lines(our.stdout).slice(0, lines(their.stdout).length)).toEqual(lines(their.stdout));
    expect(our.stdout).toMatch(/^\+-+\+\n\| Upgrade Check Results +\|\n/);
    expect(our.stdout).toMatch(/\| Check: Event Store Schema +\|\n\| Result: Success +\|\n\| Details: At \d{4}-/);
    const json = await Promise.all([theirs('glance-status', theirConf(), 'upgrade', 'check', '--json'), ours('glance-status', ourConf(), 'upgrade', 'check', '--json')]);
    const [theirChecks, ourChecks] = json.map(({ stdout }) => (JSON.parse(stdout) as { name: string; checks: unknown[] }).checks);
    expect(ourChecks?.slice(0, 3)).toEqual(theirChecks);
  }, SLOW);

  it.each([
    ['enabled_backends = old:sheepdog, sheepdog:file', 2], ['owner_is_tenant = False', 2],
  ])('find what was removed: %s', async (line, code) => {
    const [their, our] = await Promise.all([theirs('glance-status', theirConf(line), 'upgrade', 'check'), ours('glance-status', ourConf(line), 'upgrade', 'check')]);
    expect([their.code, our.code]).toEqual([code, code]);
  }, SLOW);

  it('find a policy file in JSON, with 2', async () => {
    writeFileSync(join(folder, 'rules.json'), '{"get_image": ""}');
    const line = `[oslo_policy]\npolicy_file = ${folder}/rules.json`;
    const [their, our] = await Promise.all([theirs('glance-status', theirConf(line), 'upgrade', 'check'), ours('glance-status', ourConf(line), 'upgrade', 'check')]);
    expect([their.code, our.code]).toEqual([2, 2]);
    expect(our.stdout).toContain('is JSON');
  }, SLOW);

  it('warn with 1 of a newer program\'s events and of an upgrade that is half done, and end with 255 where nothing can be found out', async () => {
    const client = new Client({ connectionString: database.url });
    await client.connect();
    await client.query(`DELETE FROM afterimage.kysely_migration WHERE name LIKE '%.contract'`);
    const check = () => run('node', [MAIN, 'status', 'upgrade-check', '--config-file', ourConf()]);
    expect(await check()).toMatchObject({ code: 1, stdout: expect.stringContaining("run 'afterimage db contract'") });
    await client.query(`UPDATE afterimage.event SET type = 'ImageEmbalmed', v = 3 WHERE seq = (SELECT min(seq) FROM afterimage.event)`);
    expect(await check()).toMatchObject({ code: 1, stdout: expect.stringContaining('ImageEmbalmed.v3 (1)') });
    await client.query("DELETE FROM afterimage.kysely_migration WHERE name = '0009-scrub'");
    expect(await check()).toMatchObject({ code: 2, stdout: expect.stringContaining('The schema lacks 0009-scrub') });
    await client.end();
    const nowhere = confOf('nowhere', readFileSync(ourConf(), 'utf8').replace(/connection = .*/, 'connection = postgresql://u:s3cret@127.0.0.1:1/none'));
    const { code, stdout } = await ours('glance-status', nowhere, 'upgrade', 'check');
    expect([code, stdout.includes('s3cret')]).toEqual([255, false]);
  }, SLOW);
});
