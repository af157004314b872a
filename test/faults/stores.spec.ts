import { mkdtemp, mkdir, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../support/eventually.js';
import { ImageClient } from '../support/image-client.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';
import { run, succeed } from '../support/run.js';
import { Server } from '../support/server.js';

const BIG = Buffer.alloc(8 * 1024 * 1024, 'b');
const SLOW = 120_000;

/** `small` has 4 MB and can be made read-only. */
describe('A store that takes no data', () => {
  let database: TestDatabase;
  let server: Server;
  let client: ImageClient;
  const small = () => join(server.stateDir, 'small');
  const bytesIn = async () => (await readdir(join(small(), 'images'))).toSorted();
  const remount = (mode: 'ro' | 'rw') => succeed('mount', ['-o', `remount,${mode}`, small()]);
  const importTo = (id: string, name: string) => client.status('POST', `/v2/images/${id}/import`, { method: { name }, stores: ['small'] }, { 'content-type': 'application/json' });
  const uploaded = async (data: string | Buffer, store: string): Promise<string> => {
    const { id } = await client.create();
    expect((await client.put(id, data, { 'x-image-meta-store': store })).status).toBe(204);
    return id;
  };
  const staged = async (): Promise<string> => {
    const { id } = await client.create();
    expect(await client.status('PUT', `/v2/images/${id}/stage`, BIG, { 'content-type': 'application/octet-stream' })).toBe(204);
    return id;
  };
  const failed = (id: string, status: string) =>
    eventually(async () => expect(await client.show(id)).toMatchObject({ status, os_glance_failed_import: 'small', os_glance_importing_to_stores: '' }), 30_000);
  const reasonOf = async (id: string) => ((await (await client.request(`/v2/images/${id}/tasks`)).json()) as { tasks: { status: string; message: string }[] }).tasks.map(({ status, message }) => ({ status, message }));

  beforeAll(async () => {
    database = await testDatabase();
    const stateDir = await mkdtemp(join(tmpdir(), 'afterimage-test-'));
    await mkdir(join(stateDir, 'small'));
    await succeed('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', join(stateDir, 'small')]);
    const store = (id: string, folder: string) => `[${id}]\nfilesystem_store_datadir = ${join(stateDir, folder)}\n`;
    server = await Server.start({ stateDir, conf: `enabled_backends = large:file, small:file\n[glance_store]\ndefault_backend = large\n${store('large', 'large')}${store('small', 'small/images')}[database]\nconnection = ${database.url}\n` });
    client = new ImageClient(server);
  }, SLOW);
  afterAll(async () => {
    await server.end();
    await run('umount', [small()]);
    await server.dispose();
    await database.drop();
  }, SLOW);

  it('because it is full ends an import with that reason: the image is queued again, and no byte stays', async () => {
    const id = await staged();
    expect(await importTo(id, 'glance-direct')).toBe(202);
    await failed(id, 'queued');
    expect(await reasonOf(id)).toEqual([{ status: 'failure', message: expect.stringContaining('There is no room left') }]);
    expect(await bytesIn()).toEqual([]);
    await eventually(async () => expect(await readdir(join(server.stateDir, 'staging'))).toEqual([]));
  }, SLOW);

  it('because it is full leaves an image that was to be copied there as it was', async () => {
    const id = await uploaded(BIG, 'large');
    expect(await importTo(id, 'copy-image')).toBe(202);
    await failed(id, 'active');
    expect((await client.show(id))['stores']).toBe('large');
    expect(await bytesIn()).toEqual([]);
  }, SLOW);

  it('because it is read-only refuses uploads and imports, carries out deletions later, and serves what it has', async () => {
    const [kept, deleted] = [await uploaded('kept', 'small'), await uploaded('deleted', 'small')];
    const waiting = await staged();
    await remount('ro');
    const { id } = await client.create();
    expect((await client.put(id, 'refused', { 'x-image-meta-store': 'small' })).status).toBe(410);
    expect((await client.show(id)).status).toBe('queued');
    expect(await importTo(waiting, 'glance-direct')).toBe(202);
    await failed(waiting, 'queued');
    expect((await client.delete(deleted)).status).toBe(204);
    await eventually(async () => expect(server.output).toContain('will be tried again'), 30_000);
    expect(await (await client.request(`/v2/images/${kept}/file`)).text()).toBe('kept');
    expect(await bytesIn()).toEqual([kept, deleted].toSorted());
    await remount('rw');
    await eventually(async () => expect(await bytesIn()).toEqual([kept]), SLOW);
    expect((await client.put(id, 'taken', { 'x-image-meta-store': 'small' })).status).toBe(204);
  }, SLOW);
});
