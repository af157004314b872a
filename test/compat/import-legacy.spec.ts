import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { Glance, type Caller } from '../support/glance.js';
import { ImageClient, type Document } from '../support/image-client.js';
import { MariaDb } from '../support/mariadb.js';
import { BLUE, createByApi, createByRows, defineByApi, OPERATOR, RED } from '../support/old-cloud.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';
import { run } from '../support/run.js';
import { Server } from '../support/server.js';

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const MAIN = path('../../dist/src/main.js');
const OLD_KEY = '0123456789abcdef0123456789abcdef';
const ROWS = 184;
const BY_API = 20;
const SLOW = 300_000;
/** What nobody goes on with. */
const UNFINISHED = ['saving', 'uploading', 'importing'];
const EVERY = ['/v2/images?limit=1000&visibility=all', '/v2/images?limit=1000&visibility=all&os_hidden=true'];

interface Summary {
  readonly images: { readonly read: number; readonly imported: number; readonly present: number; readonly left: number; readonly byStatus: Record<string, number> };
  readonly namespaces: { readonly read: number; readonly imported: number; readonly present: number };
}

type Json = Record<string, unknown>;
interface Definitions extends Json {
  namespace: string;
}

describe('Debian’s Glance on MariaDB, taken over with its data in place', () => {
  const folder = mkdtempSync(join(tmpdir(), 'afterimage-takeover-'));
  const conf = join(folder, 'import.conf');
  let mariadb: MariaDb;
  let glance: Glance;
  let database: TestDatabase;
  let server: Server;
  /** What Glance answered, before it was stopped. */
  const answered = { images: new Map<string, Document>(), members: new Map<string, unknown>(), lists: new Map<string, string[]>(), namespaces: new Map<string, Json>() };

  const lines = () => `enabled_backends = fast:file\ndelayed_delete = True\nscrub_time = 1000000000\nshow_image_direct_url = True\nshow_multiple_locations = True\nmetadata_encryption_key = fedcba9876543210\n[database]\nconnection = ${database.url}\n[glance_store]\ndefault_backend = fast\n[fast]\nfilesystem_store_datadir = ${glance.images}\n`;
  const afterimage = (command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) => run('node', [MAIN, command, '--config-file', conf, '--state-dir', folder, '--json', ...args], { env });
  const imported = async (...args: string[]): Promise<{ code: number | null; summary: Summary; found: { kind: string }[] }> => {
    const { code, stdout, stderr } = await afterimage('import-legacy', ['--from-config', glance.config, ...args]);
    expect(stderr).toBe('');
    return { code, ...(JSON.parse(stdout) as { summary: Summary; found: { kind: string }[] }) };
  };
  const as = ({ user, project, roles }: Caller) => new ImageClient(server, `${user}:${project}:${roles}`);
  const lists = [RED, BLUE].flatMap((caller) => ['?limit=1000', '?limit=1000&visibility=shared&member_status=all', '?limit=1000&visibility=community'].map((query) => ({ caller, query, name: `${caller.project} ${query}` })));

  beforeAll(async () => {
    [mariadb, database] = await Promise.all([MariaDb.start(), testDatabase()]);
    glance = await Glance.start(await mariadb.database('glance'), OLD_KEY);
    writeFileSync(conf, `[DEFAULT]\nbind_host = 127.0.0.1\ndb_auto_create = True\nnode_staging_uri = file://${folder}/staging\n${lines()}`);
    await Promise.all([createByApi(glance), defineByApi(glance)]);
    await createByRows(mariadb, 'glance', glance, OLD_KEY, ROWS);
    for (const query of EVERY) for (const image of (await glance.json<{ images: Document[] }>(OPERATOR, 'GET', query)).images) answered.images.set(image.id, image);
    for (const { id, visibility } of answered.images.values()) if (visibility === 'shared') answered.members.set(id, await glance.json(OPERATOR, 'GET', `/v2/images/${id}/members`));
    for (const { caller, query, name } of lists) answered.lists.set(name, (await glance.json<{ images: Document[] }>(caller, 'GET', `/v2/images${query}`)).images.map(({ id }) => id));
    const { namespaces } = await glance.json<{ namespaces: Definitions[] }>(OPERATOR, 'GET', '/v2/metadefs/namespaces?limit=1000');
    for (const { namespace } of namespaces) answered.namespaces.set(namespace, await glance.json(OPERATOR, 'GET', `/v2/metadefs/namespaces/${encodeURIComponent(namespace)}`));
    await glance.stop();
  }, SLOW);
  afterAll(async () => {
    await server?.dispose();
    await Promise.all([glance?.dispose(), mariadb?.stop(), database?.drop()]);
    rmSync(folder, { recursive: true, force: true });
  }, SLOW);

  it('is refused with what to do where its locations are encrypted with another key', async () => {
    const url = (await glanceUrl()).trim();
    expect(await afterimage('import-legacy', ['--from', url, '--dry-run'])).toMatchObject({ code: 1, stderr: expect.stringMatching(/is encrypted, and the key that was given does not open it.*--from-key-file/) });
    const key = join(folder, 'old.key');
    writeFileSync(key, `${OLD_KEY}\n`);
    const dry = await afterimage('import-legacy', ['--from', url, '--from-key-file', key, '--dry-run']);
    expect(JSON.parse(dry.stdout)).toMatchObject({ summary: { dryRun: true, images: { read: ROWS + BY_API, imported: ROWS + BY_API, left: 0 } } });
    expect(dry).toMatchObject({ code: 0, stderr: '' });
  }, SLOW);

  it('is gone on with after kill -9, and nothing is imported twice', async () => {
    const steps = join(folder, 'steps');
    mkdirSync(steps);
    writeFileSync(join(steps, 'kill'), 'append ImageCreated ImageDataStored ImageLocationAdded ImageDeactivated');
    const killed = await afterimage('import-legacy', ['--from-config', glance.config], { NODE_OPTIONS: `--import=${path('../support/kill-at-step.mjs')}`, AFTERIMAGE_TEST_STEPS: steps });
    expect(killed.code).toBe(null);
    expect(existsSync(join(steps, 'kill'))).toBe(false);

    const second = await imported();
    expect(second).toMatchObject({ code: 0, summary: { images: { read: ROWS + BY_API, left: 0 } } });
    const { images, namespaces } = second.summary;
    expect(images.imported + images.present).toBe(ROWS + BY_API);
    expect(namespaces.imported).toBe(answered.namespaces.size);
    expect(new Set(second.found.map(({ kind }) => kind))).toEqual(new Set(['status']));
    expect((await imported()).summary).toMatchObject({ images: { imported: 0, present: ROWS + BY_API, left: 0 }, namespaces: { imported: 0, present: namespaces.read }, locations: 0, members: 0, resourceTypes: 0 });
  }, SLOW);

  it('shows every image as Glance did', async () => {
    server = await Server.start({ conf: `${lines()}[paste_deploy]\nflavor = fakeauth\n[metadefs]\nload_defaults = True\n` });
    const shown = new Map((await Promise.all(EVERY.map((query) => as(OPERATOR).list(query)))).flatMap(({ images }) => images).map((image) => [image.id, image]));
    const expected = [...answered.images.values()].filter(({ status }) => status !== 'killed').map((image) => (UNFINISHED.includes(image.status) ? { ...image, status: 'queued' } : image));
    expect(new Set(expected.map(({ status }) => status))).toEqual(new Set(['queued', 'active', 'deactivated']));
    expect([...shown.keys()].toSorted()).toEqual(expected.map(({ id }) => id).toSorted());
    for (const image of expected) expect(comparable(shown.get(image.id) ?? {})).toEqual(comparable(image));
  }, SLOW);

  it('shows every member, and to every project the images that it saw', async () => {
    expect(answered.members.size).toBeGreaterThan(20);
    for (const [id, members] of answered.members) if (answered.images.get(id)?.status !== 'killed') expect(await (await as(OPERATOR).request(`/v2/images/${id}/members`)).json()).toEqual(members);
    for (const { caller, query, name } of lists) {
      const live = (answered.lists.get(name) ?? []).filter((id) => answered.images.get(id)?.status !== 'killed');
      expect((await as(caller).list(query)).images.map(({ id }) => id)).toEqual(live);
    }
  }, SLOW);

  it('gives the data of every image, and every byte verifies', async () => {
    const active = [...answered.images.values()].filter(({ status }) => status === 'active');
    expect(active.length).toBeGreaterThan(20);
    for (const { id, name } of active) {
      const data = await (await as(OPERATOR).request(`/v2/images/${id}/file`)).text();
      expect(name?.startsWith('row') ? data : data.slice(0, 44)).toBe(name?.startsWith('row') ? name : `data of ${id}`.slice(0, 44));
    }
    const { code, stdout } = await afterimage('reconcile', ['--verify', '--store', 'fast']);
    expect(JSON.parse(stdout)).toMatchObject({ found: [], summary: { left: 0 } });
    expect(code).toBe(0);
  }, SLOW);

  it('keeps what was deleted, killed or waits for a scrubber', async () => {
    const client = new Client({ connectionString: database.url });
    await client.connect();
    const { rows } = await client.query<{ id: string; status: string }>("SELECT id, status FROM afterimage.image WHERE NOT listed ORDER BY id");
    await client.end();
    const old = (await mariadb.sql("SELECT id, status FROM images WHERE status IN ('deleted', 'killed', 'pending_delete') ORDER BY id", 'glance')).trim().split('\n').map((line) => line.split('\t'));
    expect(old.length).toBeGreaterThan(60);
    expect(rows.map(({ id, status }) => [id, status])).toEqual(old);
    for (const status of ['deleted', 'killed', 'pending_delete']) {
      const id = rows.find((row) => row.status === status)?.id;
      expect(await as(OPERATOR).status('GET', `/v2/images/${id}`)).toBe(status === 'killed' ? 200 : 404);
      expect(await as(OPERATOR).status('POST', '/v2/images', { id }, { 'content-type': 'application/json' })).toBe(409);
    }
  }, SLOW);

  it('is not imported again beside a running server either', async () => {
    expect((await imported()).summary).toMatchObject({ images: { imported: 0, present: ROWS + BY_API, left: 0 }, namespaces: { imported: 0 } });
  }, SLOW);

  it('has every metadata definition that Glance had', async () => {
    expect(answered.namespaces.size).toBeGreaterThan(30);
    const { namespaces } = (await (await as(OPERATOR).request('/v2/metadefs/namespaces?limit=1000')).json()) as { namespaces: Definitions[] };
    expect(namespaces.map(({ namespace }) => namespace).toSorted()).toEqual([...answered.namespaces.keys()].toSorted());
    for (const [name, document] of answered.namespaces) {
      expect(sorted(await (await as(OPERATOR).request(`/v2/metadefs/namespaces/${encodeURIComponent(name)}`)).json() as Json)).toEqual(sorted(document));
    }
  }, SLOW);

  const glanceUrl = async () => `mysql+pymysql://glance:${encodeURIComponent('pw/#x@y')}@127.0.0.1:${mariadb.port}/glance`;
});

const comparable = ({ tags, ...image }: Partial<Document>): Json => ({ ...image, tags: tags?.toSorted() });

/** Lists whose order Glance leaves to its database; what glance-manage loaded was never updated, for which Glance shows nothing and we the time of its creation. */
function sorted(document: Json): Json {
  const { created_at: created, updated_at: updated = created } = document;
  const entries = Object.entries(document).map(([key, value]) => [key, Array.isArray(value) && typeof value[0] === 'object' ? (value as { name: string }[]).map(sorted).toSorted((a, b) => (String(a['name']) < String(b['name']) ? -1 : 1)) : value]);
  return { ...(Object.fromEntries(entries) as Json), ...(updated === undefined ? {} : { updated_at: updated }) };
}
