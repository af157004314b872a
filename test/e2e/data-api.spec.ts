import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from '../support/eventually.js';
import { ImageClient } from '../support/image-client.js';
import { run } from '../support/run.js';
import { Server } from '../support/server.js';

const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
const SQLITE = fileURLToPath(new URL('../../docs/examples/sqlite-driver/driver.mjs', import.meta.url));
const SLOW = 60_000;
const SIMPLE = 'data_api = glance.db.simple.api\n';

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1)).toSorted();

describe('data_api = glance.db.simple.api', () => {
  let server: Server;
  let client: ImageClient;
  beforeAll(async () => {
    server = await Server.start({ conf: SIMPLE });
    client = new ImageClient(server);
  }, SLOW);
  afterAll(() => server.dispose());

  it('says at the start that everything is lost at the end', () => {
    expect(server.output).toContain('IN MEMORY: every image is forgotten when this process ends.');
  });

  it('seed 38: what one version of the API creates the other shows', async () => {
    const made = await client.request('/v1/images', { method: 'POST', headers: { 'x-image-meta-name': 'by v1', 'x-image-meta-disk_format': 'raw', 'x-image-meta-container_format': 'bare', 'content-type': 'application/octet-stream' }, body: 'data' });
    expect(made.status).toBe(201);
    const { image } = (await made.json()) as { image: { id: string } };
    expect(await client.show(image.id)).toMatchObject({ name: 'by v1', status: 'active', size: 4 });
    const { id } = await client.create({ name: 'by v2', owner: null });
    expect((await client.request(`/v1/images/${id}`, { method: 'HEAD' })).headers.get('x-image-meta-name')).toBe('by v2');
    await client.delete(id);
    await client.delete(image.id);
  });

  it('seed 35: the whole API runs, and no file is written but those of images', async () => {
    const { id } = await client.create({ name: 'a', tags: ['t'], os_distro: 'debian' });
    expect((await client.put(id, 'some bytes')).status).toBe(204);
    expect(await (await client.request(`/v2/images/${id}/file`)).text()).toBe('some bytes');
    expect((await client.list('?os_distro=debian&tag=t')).images.map((image) => image.id)).toEqual([id]);
    expect(await client.status('POST', '/v2/metadefs/namespaces', { namespace: 'Ours' }, { 'content-type': 'application/json' })).toBe(201);
    const { id: imported } = await client.create();
    expect(await client.status('PUT', `/v2/images/${imported}/stage`, 'staged', { 'content-type': 'application/octet-stream' })).toBe(204);
    await eventually(async () => expect(filesIn(server.stateDir)).toEqual([`images/${id}`, `staging/${imported}`, 'test.conf'].toSorted()));
    await client.delete(imported);
    await client.delete(id);
    await eventually(async () => expect(filesIn(server.stateDir)).toEqual(['test.conf']));
  });

  it('seed 36: after a restart there is nothing', async () => {
    await client.create({ name: 'forgotten' });
    await server.end();
    server = await Server.start({ conf: SIMPLE, stateDir: server.stateDir });
    client = new ImageClient(server);
    expect((await client.list()).images).toEqual([]);
  }, SLOW);
});

describe('data_api = the driver of the documentation', () => {
  let server: Server;
  beforeAll(async () => void (server = await Server.start({ conf: `workers = 2\ndata_api = ${SQLITE}\nimage_count_quota = 3\n` })), SLOW);
  afterAll(() => server.dispose());

  it('seed 34: several processes answer from a third engine, at once, and go on after a kill', async () => {
    let client = new ImageClient(server);
    const { id } = await client.create({ name: 'a', tags: ['t'] });
    for (let i = 0; i < 4; i++) expect(await (await client.request(`/v2/images/${id}`, { headers: { connection: 'close' } })).json()).toMatchObject({ name: 'a' });
    expect((await client.put(id, 'bytes')).status).toBe(204);
    expect((await client.list('?tag=t&status=active')).images.map((image) => image.id)).toEqual([id]);
    const owned = (name: string) => client.status('POST', '/v2/images', { name, owner: 'p1' }, { 'content-type': 'application/json' });
    expect((await Promise.all(['1', '2', '3', '4', '5'].map(owned))).toSorted()).toEqual([201, 201, 201, 413, 413]);
    expect((await client.request('/v2/metadefs/namespaces?limit=100')).status).toBe(200);
    expect(filesIn(server.stateDir)).toContain('read-model.db');
    await server.end('SIGKILL');
    server = await Server.start({ conf: `workers = 2\ndata_api = ${SQLITE}\n`, stateDir: server.stateDir });
    client = new ImageClient(server);
    expect((await client.list()).images).toHaveLength(4);
    expect((await client.delete(id)).status).toBe(204);
    expect((await client.list()).images).toHaveLength(3);
  }, SLOW);

  it('leaves read models of a database that know nothing of it, until they are built anew', async () => {
    const at = ['--config-file', join(server.stateDir, 'test.conf'), '--state-dir', server.stateDir];
    expect(await run('node', [MAIN, 'projections', 'list', ...at])).toMatchObject({ code: 1, stderr: expect.stringContaining('is for the read models of a database') });
    await server.end();
    writeFileSync(join(server.stateDir, 'plain.conf'), `[DEFAULT]\nbind_port = 1\nworkers = 0\n[glance_store]\nfilesystem_store_datadir = ${server.imagesDir}\n`);
    const plain = ['--config-file', join(server.stateDir, 'plain.conf'), '--state-dir', server.stateDir];
    expect(await run('node', [MAIN, 'serve', ...plain])).toMatchObject({ code: 1, stderr: expect.stringContaining("Run 'afterimage projections rebuild'") });
    expect(await run('node', [MAIN, 'projections', 'rebuild', ...plain])).toMatchObject({ code: 0 });
    server = await Server.start({ stateDir: server.stateDir });
    expect((await new ImageClient(server).list()).images).toHaveLength(3);
  }, SLOW);
});

describe('data_api', () => {
  let folder: string;
  beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'afterimage-test-'))));
  afterAll(() => rmSync(folder, { recursive: true }));
  const refused = async (conf: string, ...said: string[]) => {
    writeFileSync(join(folder, 'own.conf'), `[DEFAULT]\nbind_port = 1\n${conf}[glance_store]\nfilesystem_store_datadir = ${folder}/images\n`);
    const { code, stdout, stderr } = await run('node', [MAIN, 'serve', '--state-dir', join(folder, 'state'), '--config-file', join(folder, 'own.conf')], { cwd: folder });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    for (const text of said) expect(stderr).toContain(text);
  };

  it('seed 37: the driver in memory is for one process, and says so', async () => {
    await refused(`${SIMPLE}workers = 2\n`, '[DEFAULT] workers = 2', 'one process only: allowed is 0');
  }, SLOW);

  it('seed 33: a module that is not there, or gives no driver, stops the start and is named', async () => {
    await refused('data_api = ./none.mjs\n', '[DEFAULT] data_api = ./none.mjs: no such module', 'glance.db.sqlalchemy.api');
    writeFileSync(join(folder, 'empty.mjs'), 'export const other = 1;\n');
    await refused('data_api = ./empty.mjs\n', '[DEFAULT] data_api = ./empty.mjs: the module has no export `driver` with `shared` and `open`');
    writeFileSync(join(folder, 'broken.mjs'), 'this is no JavaScript\n');
    await refused('data_api = ./broken.mjs\n', '[DEFAULT] data_api = ./broken.mjs: the module cannot be loaded');
    writeFileSync(join(folder, 'alone.mjs'), 'export const driver = { shared: false, open: async () => ({}) };\n');
    await refused('data_api = ./alone.mjs\nworkers = 2\n', 'only one process can use this driver: workers = 2 must be 0');
  }, SLOW);
});
