import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../support/eventually.js';
import { ImageClient } from '../support/image-client.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';
import { PythonClients } from '../support/python-clients.js';
import { GRUB_ISO } from '../support/real-images.js';
import { Server } from '../support/server.js';
import { fieldsOf, FAKEAUTH, TOKENS, words, type Person } from '../support/story.js';

const ISO = '0f000000-0000-4000-8000-000000000001';
const DISK = '0f000000-0000-4000-8000-000000000002';
const STREAM = '0f000000-0000-4000-8000-000000000003';
const STEPWISE = '0f000000-0000-4000-8000-000000000004';
const WRONG = '0f000000-0000-4000-8000-000000000005';

/** Real disks through `glance` as Debian has it: two stores, and plugins that unpack and convert to raw. */
describe('imports with python-glanceclient', () => {
  let folder: string;
  let database: TestDatabase;
  let server: Server;
  let clients: PythonClients;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'import-story-'));
    database = await testDatabase();
    const store = (id: string) => `[${id}]\nfilesystem_store_datadir = ${folder}/${id}\n`;
    const plugins = '[image_import_opts]\nimage_import_plugins = [image_decompression,image_conversion]\n[image_conversion]\noutput_format = raw\n';
    server = await Server.start({ conf: `enabled_backends = fast:file,cheap:file\n${FAKEAUTH}[glance_store]\ndefault_backend = fast\n${store('fast')}${store('cheap')}${plugins}[database]\nconnection = ${database.url}\n` });
    clients = PythonClients.start(server.stateDir);
    const qemu = (...args: string[]) => execFileSync('qemu-img', ['convert', '-f', 'raw', ...args], { stdio: 'pipe' });
    qemu('-O', 'qcow2', GRUB_ISO, `${folder}/disk.qcow2`);
    qemu('-O', 'vmdk', '-o', 'subformat=streamOptimized', GRUB_ISO, `${folder}/disk.vmdk`);
    execFileSync('gzip', ['-k', `${folder}/disk.qcow2`]);
  }, 60_000);
  afterAll(async () => {
    await clients.stop();
    await server.dispose();
    await database.drop();
    rmSync(folder, { recursive: true });
  }, 60_000);

  const glance = async (line: string, as: Person = 'alice') => {
    const argv = ['--os-image-url', server.url, '--os-auth-token', TOKENS[as], '--os-auth-url', `${server.url}/v3`, ...words(line)];
    const { code, stdout, stderr } = await clients.run('glance', argv);
    const said = `${stdout}\n${stderr}`;
    return { code, said, fields: fieldsOf(said) };
  };
  const client = () => new ImageClient(server, TOKENS.root);
  const ends = (id: string, status: string) => eventually(async () => expect((await client().show(id)).status).toBe(status), 30_000);
  const isGrub = async (id: string) => {
    const image = await client().show(id);
    expect(image).toMatchObject({ status: 'active', disk_format: 'raw', container_format: 'bare' });
    expect(image.checksum).toBe(rawGrub());
  };
  /** What qemu-img makes of the ISO as a disk: the same bytes up to a whole sector. */
  const rawGrub = () => {
    execFileSync('qemu-img', ['convert', '-O', 'raw', `${folder}/disk.qcow2`, `${folder}/disk.raw`]);
    return execFileSync('md5sum', [`${folder}/disk.raw`]).toString().slice(0, 32);
  };

  it('name the methods and the stores', async () => {
    expect((await glance('import-info')).said).toMatch(/web-download.*copy-image/s);
    expect((await glance('stores-info')).said).toMatch(/fast.*cheap/s);
    expect((await glance('stores-info --detail', 'root')).said).toContain('data_dir');
  }, 60_000);

  it('bring a bootable ISO in one go, to a store that is named, and leave it an ISO', async () => {
    const { code, said } = await glance(`image-create-via-import --id ${ISO} --name grub --disk-format iso --container-format bare --file ${GRUB_ISO} --store cheap`);
    expect({ code, said }).toMatchObject({ code: 0 });
    await ends(ISO, 'active');
    expect(await client().show(ISO)).toMatchObject({ stores: 'cheap', disk_format: 'iso', checksum: 'add39b8ebb537fa0b7dcaaa22ac95c22', size: 5081088 });
    expect((await glance(`image-download ${ISO} --file ${folder}/back.iso`)).code).toBe(0);
    expect((await readFile(join(folder, 'back.iso'))).equals(await readFile(GRUB_ISO))).toBe(true);
  }, 60_000);

  it('make raw disks of a qcow2 that was packed, and of a VMDK, in all stores', async () => {
    for (const [id, format, file] of [[DISK, 'qcow2', 'disk.qcow2.gz'], [STREAM, 'vmdk', 'disk.vmdk']] as const) {
      const { code, said } = await glance(`image-create-via-import --id ${id} --name ${format} --disk-format ${format} --container-format bare --file ${folder}/${file} --all-stores True`);
      expect({ code, said }).toMatchObject({ code: 0 });
    }
    for (const id of [DISK, STREAM]) {
      await ends(id, 'active');
      await isGrub(id);
      expect(String((await client().show(id))['stores']).split(',').toSorted()).toEqual(['cheap', 'fast']);
    }
  }, 90_000);

  it('go step by step: staged, imported, copied, and taken from a store', async () => {
    expect((await glance(`image-create --id ${STEPWISE} --name steps --disk-format raw --container-format bare`)).fields).toMatchObject({ status: 'queued' });
    expect((await glance(`image-stage --file ${GRUB_ISO} ${STEPWISE}`)).code).toBe(0);
    expect((await glance(`image-show ${STEPWISE}`)).fields).toMatchObject({ status: 'uploading' });
    expect((await glance(`image-import ${STEPWISE} --import-method glance-direct`)).code).toBe(0);
    await ends(STEPWISE, 'active');
    expect((await glance(`image-import ${STEPWISE} --import-method copy-image --stores cheap`, 'root')).code).toBe(0);
    await eventually(async () => expect((await client().show(STEPWISE))['stores']).toBe('fast,cheap'), 30_000);
    expect((await glance(`stores-delete --store fast ${STEPWISE}`, 'root')).code).toBe(0);
    expect(await client().show(STEPWISE)).toMatchObject({ stores: 'cheap' });
    expect((await glance(`image-tasks ${STEPWISE}`, 'root')).said).toMatch(/success[\s\S]*success/);
  }, 90_000);

  it('tell why one failed, and let the image be tried again', async () => {
    expect((await glance(`image-create-via-import --id ${WRONG} --name wrong --disk-format vmdk --container-format bare --file ${folder}/disk.qcow2`)).code).toBe(0);
    await ends(WRONG, 'queued');
    expect((await glance(`--verbose image-tasks ${WRONG}`)).said).toMatch(/vmdk does not match/);
    expect((await glance(`image-stage --file ${folder}/disk.vmdk ${WRONG}`)).code).toBe(0);
    expect((await glance(`image-import ${WRONG} --import-method glance-direct`)).code).toBe(0);
    await ends(WRONG, 'active');
    await isGrub(WRONG);
  }, 90_000);
});
