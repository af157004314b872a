import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '../support/eventually.js';
import { ImageClient } from '../support/image-client.js';
import { GRUB_ISO, makeQcow2 } from '../support/real-images.js';
import { run, succeed } from '../support/run.js';
import { Server } from '../support/server.js';

/** The unmodified Debian client, as somebody at a terminal uses it. */
describe.each([{ memory: false }, { memory: true }])('python-glanceclient (memory drivers: $memory)', ({ memory }) => {
  let server: Server;
  const ids: Record<string, string> = {};

  beforeAll(async () => {
    server = await Server.start({ memory });
  }, 60_000);
  afterAll(() => server.dispose());

  const argv = (args: readonly string[]) => [
    '/usr/bin/glance', '--os-image-url', server.url, '--os-auth-token', 'x', '--os-auth-url', `${server.url}/v3`, ...args,
  ];
  const env = () => ({ HOME: server.stateDir, PATH: '/usr/bin:/bin' });
  const glance = (...args: string[]) => succeed('/usr/bin/python3', argv(args), { env: env() });
  const field = (table: string, name: string) => new RegExp(`^\\| ${name.replaceAll('.', '\\.')} +\\| (.*?) *\\|$`, 'm').exec(table)?.[1];

  const hashOf = async (file: string) => createHash('md5').update(await readFile(file)).digest('hex');

  it('creates a bootable ISO with its data', async () => {
    const table = await glance('image-create', '--name', 'grub', '--disk-format', 'iso', '--container-format', 'bare', '--file', GRUB_ISO, '--progress');
    ids.grub = field(table, 'id') ?? '';
    expect(field(table, 'status')).toBe('active');
    expect(field(table, 'checksum')).toBe(await hashOf(GRUB_ISO));
    expect(field(table, 'os_hash_algo')).toBe('sha512');
  }, 60_000);

  it('creates a qcow2 with properties and tags', async () => {
    const table = await glance('image-create', '--name', 'Jürgen ☃', '--disk-format', 'qcow2', '--container-format', 'bare', '--property', 'hw_disk_bus=scsi',
      '--property', 'os_distro=debian', '--tags', 'blue', 'green', '--min-disk', '3', '--file', await makeQcow2());
    ids.qcow2 = field(table, 'id') ?? '';
    expect(field(table, 'name')).toBe('Jürgen ☃');
    expect(field(table, 'hw_disk_bus')).toBe('scsi');
    expect(field(table, 'min_disk')).toBe('3');
    expect(field(table, 'tags')).toContain('blue');
  }, 60_000);

  it('lists them, sorted as asked', async () => {
    const table = await glance('image-list', '--sort', 'name:desc');
    expect(table.indexOf('grub')).toBeLessThan(table.indexOf('Jürgen'));
    expect(await glance('image-list', '--property-filter', 'name=grub')).not.toContain('Jürgen');
  }, 60_000);

  it('pages through a list in single steps', async () => {
    const table = await glance('image-list', '--page-size', '1');
    expect(table).toContain(ids.grub);
    expect(table).toContain(ids.qcow2);
  }, 60_000);

  it('shows one', async () => {
    expect(field(await glance('image-show', ids.grub ?? ''), 'disk_format')).toBe('iso');
  }, 60_000);

  it('downloads the very bytes', async () => {
    const file = join(server.stateDir, 'downloaded.iso');
    await glance('image-download', ids.grub ?? '', '--file', file, '--progress');
    expect(await hashOf(file)).toBe(await hashOf(GRUB_ISO));
  }, 60_000);

  it('changes attributes and properties, and removes a property', async () => {
    const table = await glance('image-update', ids.qcow2 ?? '', '--name', 'renamed', '--property', 'architecture=x86_64', '--remove-property', 'os_distro', '--protected', 'True');
    expect(field(table, 'name')).toBe('renamed');
    expect(field(table, 'architecture')).toBe('x86_64');
    expect(field(table, 'os_distro')).toBeUndefined();
    expect(field(table, 'protected')).toBe('True');
  }, 60_000);

  it('cannot delete a protected image, and says why', async () => {
    const refused = await run('/usr/bin/python3', argv(['image-delete', ids.qcow2 ?? '']), { env: env() });
    expect(refused.code).not.toBe(0);
    expect(refused.stdout + refused.stderr).toContain('not permitted to delete');
  }, 60_000);

  it('uploads to an image that was created without data, from a pipe', async () => {
    // The client takes whatever its standard input has, so that only an API call creates without data from here.
    ids.later = (await new ImageClient(server).create({ name: 'later' })).id;
    expect(field(await glance('image-show', ids.later), 'status')).toBe('queued');
    await succeed('/usr/bin/python3', argv(['image-upload', ids.later]), { env: env(), input: Buffer.alloc(4097, 'x') });
    const shown = await glance('image-show', ids.later);
    expect(field(shown, 'size')).toBe('4097');
    expect(field(shown, 'virtual_size')).toBe('4097');
    expect(field(shown, 'status')).toBe('active');
  }, 60_000);

  it('deletes images, and their bytes go too', async () => {
    await glance('image-update', ids.qcow2 ?? '', '--protected', 'False');
    for (const id of [ids.grub, ids.qcow2, ids.later]) await glance('image-delete', id ?? '');
    expect(await glance('image-list')).not.toContain(ids.grub);
    if (!memory) await eventually(async () => expect(await readdir(server.imagesDir)).toEqual([]));
  }, 60_000);

  it('asks for an image that is not there', async () => {
    const missing = await run('/usr/bin/python3', argv(['image-show', ids.grub ?? '']), { env: env() });
    expect(missing.code).toBe(1);
    expect(missing.stdout + missing.stderr).toContain(`No image found with ID ${ids.grub}`);
  }, 60_000);
});
