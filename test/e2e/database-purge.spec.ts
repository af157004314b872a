import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { eventually } from '../support/eventually.js';
import { ImageClient, type Document } from '../support/image-client.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';
import { run } from '../support/run.js';
import { Server } from '../support/server.js';

const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
const SLOW = 120_000;
const JSON_TYPE = { 'content-type': 'application/json' };

describe('glance-manage db purge, beside a running server', () => {
  let database: TestDatabase;
  let client: Client;
  let server: Server;
  let images: ImageClient;
  let id: string;
  let kept: string;

  beforeAll(async () => {
    database = await testDatabase();
    client = new Client({ connectionString: database.url });
    await client.connect();
    server = await Server.start({ conf: `[database]\nconnection = ${database.url}\n` });
    images = new ImageClient(server);
    id = await deletedImage();
    kept = ((await (await images.request('/v2/images', { method: 'POST', headers: JSON_TYPE, body: '{"tags":["kept"]}' })).json()) as Document).id;
  }, SLOW);
  afterAll(async () => {
    await server.dispose();
    await client.end();
    await database.drop();
  }, SLOW);

  async function deletedImage(): Promise<string> {
    const body = JSON.stringify({ name: 'old', tags: ['lts'], os_distro: 'debian', disk_format: 'raw', container_format: 'bare' });
    const created = (await (await images.request('/v2/images', { method: 'POST', headers: JSON_TYPE, body })).json()) as Document;
    await images.status('PUT', `/v2/images/${created.id}/file`, Buffer.from('bytes'), { 'content-type': 'application/octet-stream' });
    await images.status('POST', `/v2/images/${created.id}/members`, { member: 'p2' }, JSON_TYPE);
    await images.status('DELETE', `/v2/images/${created.id}`);
    await eventually(async () => expect((await row(created.id))?.open_work).toEqual([]));
    return created.id;
  }
  const row = async (which: string) => (await client.query<{ tags: string[]; props: object; doc: { members: unknown[] }; open_work: string[] }>('SELECT tags, props, doc, open_work FROM afterimage.image WHERE id = $1', [which])).rows[0];
  const events = async () => (await client.query<{ type: string }>("SELECT type FROM afterimage.event WHERE stream = $1 ORDER BY revision", [`image-${id}`])).rows.map(({ type }) => type);
  const afterimage = (url: string, ...args: string[]) => {
    const conf = join(server.stateDir, 'manage.conf');
    writeFileSync(conf, `[DEFAULT]\nbind_host = 127.0.0.1\ndb_auto_create = True\nstate_dir = ${server.stateDir}\n[database]\nconnection = ${url}\n[glance_store]\nfilesystem_store_datadir = ${server.imagesDir}\n`);
    return run('node', [MAIN, ...args, '--config-file', conf]);
  };
  const manage = (...args: string[]) => afterimage(database.url, 'glance-manage', 'db', ...args);
  const takenAgain = () => images.status('POST', '/v2/images', { id, name: 'again' }, JSON_TYPE);

  it('refuses what makes no sense, with 1', async () => {
    const bad = [
      [['--age_in_days', '-1'], 'Must supply a non-negative value for age.'], [['--age_in_days', 'x'], 'Invalid int value for age_in_days: x'],
      [['--age_in_days', '99999'], 'Maximal age is count of days since epoch.'], [['0', '-2'], 'Minimal rows limit is -1.'],
    ] as const;
    for (const [args, says] of bad) expect(await manage('purge', ...args)).toMatchObject({ code: 1, stderr: `ERROR: ${says}\n` });
  }, SLOW);

  it('leaves what was deleted lately, and takes no more than it is told to', async () => {
    expect(await manage('purge')).toMatchObject({ code: 0, stdout: 'Purged properties, tags and members of 0 deleted image(s).\n' });
    expect(await manage('purge', '--age_in_days', '0', '--max_rows', '0')).toMatchObject({ code: 0, stdout: 'Purged properties, tags and members of 0 deleted image(s).\n' });
    expect(await row(id)).toMatchObject({ tags: ['lts'], props: { os_distro: 'debian' } });
  }, SLOW);

  it('OSSN-0075: takes properties, tags and members of deleted images, not the row, and the id stays taken', async () => {
    expect(await manage('purge', '--age_in_days', '0', '--max_rows', '-1')).toMatchObject({ code: 0, stdout: 'Purged properties, tags and members of 1 deleted image(s).\n' });
    expect(await row(id)).toMatchObject({ tags: [], props: {}, doc: { members: [] } });
    expect(await row(kept)).toMatchObject({ tags: ['kept'] });
    expect(await takenAgain()).toBe(409);
  }, SLOW);

  it('OSSN-0075: purge_images_table removes the row, and the id stays taken, as the events say that it was', async () => {
    expect(await manage('purge_images_table', '0', '-1')).toMatchObject({ code: 0, stdout: 'Purged the rows of 1 deleted image(s).\n' });
    expect(await row(id)).toBeUndefined();
    expect(await row(kept)).toMatchObject({ tags: ['kept'] });
    expect([await takenAgain(), await images.status('GET', `/v2/images/${id}`), await images.status('DELETE', `/v2/images/${id}`)]).toEqual([409, 404, 404]);
    expect(await events()).toEqual(expect.arrayContaining(['ImageCreated', 'ImageDataStored', 'ImageDeleted', 'ImageDataPurged', 'ImageRecordPurged']));
    expect((await events()).filter((type) => type === 'ImageRecordPurged')).toHaveLength(2);
    expect(await images.status('POST', '/v1/images', undefined, { 'x-image-meta-id': id, 'x-image-meta-name': 'again' })).toBe(409);
  }, SLOW);

  it('stays so where the read model is built anew from the events', async () => {
    const copy = await testDatabase();
    const other = new Client({ connectionString: copy.url });
    await other.connect();
    try {
      const file = join(server.stateDir, 'log.ndjson.zst');
      expect(await afterimage(database.url, 'export', file)).toMatchObject({ code: 0 });
      expect(await afterimage(copy.url, 'import', file)).toMatchObject({ code: 0 });
      const { rows } = await other.query<{ id: string }>('SELECT id FROM afterimage.image');
      expect(rows).toEqual([{ id: kept }]);
    } finally {
      await other.end();
      await copy.drop();
    }
  }, SLOW);

  it('waits for the end of an upgrade: older programs could not read it', async () => {
    const other = await deletedImage();
    await client.query("DELETE FROM afterimage.kysely_migration WHERE name LIKE '%.contract'");
    expect(await manage('purge', '0')).toMatchObject({ code: 1, stderr: expect.stringContaining("run 'afterimage db contract'") });
    expect(await manage('check')).toMatchObject({ code: 5 });
    expect(await manage('contract')).toMatchObject({ code: 0 });
    expect(await manage('purge', '0')).toMatchObject({ code: 0, stdout: 'Purged properties, tags and members of 1 deleted image(s).\n' });
    expect(await row(other)).toMatchObject({ tags: [] });
  }, SLOW);
});
