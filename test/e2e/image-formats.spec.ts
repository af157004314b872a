import { readdir, readFile, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { gpt, mbr } from '../../libs/images/src/formats/formats.fixture.js';
import { ImageClient } from '../support/image-client.js';
import { DISK_SIZE, GRUB_ISO, makeImages, type RealImage } from '../support/real-images.js';
import { Server } from '../support/server.js';

const FORMATS = '[image_format]\ndisk_formats = ami,ari,aki,vhd,vhdx,vmdk,raw,qcow2,vdi,iso,ploop,gpt,luks,qed\n';

let images: string;
beforeAll(async () => {
  images = await makeImages();
}, 120_000);
afterAll(() => rm(images, { recursive: true, force: true }));

const bytes = (name: RealImage): Promise<Buffer> => readFile(join(images, name));

async function upload(client: ImageClient, diskFormat: string, data: Buffer, containerFormat = 'bare') {
  const { id } = await client.create({ disk_format: diskFormat, container_format: containerFormat });
  const answer = await client.put(id, data);
  return { id, status: answer.status, text: await answer.text(), image: await client.show(id) };
}

describe.each([{ memory: false }, { memory: true }])('the format of uploaded data (memory drivers: $memory)', ({ memory }) => {
  let server: Server;
  let client: ImageClient;
  beforeAll(async () => {
    server = await Server.start({ memory, conf: FORMATS });
    client = new ImageClient(server);
  }, 60_000);
  afterAll(() => server.dispose());

  const stored = async (id: string) => (await readdir(server.imagesDir)).filter((name) => name.includes(id));

  it.each<[RealImage, string]>([
    ['disk.raw', 'raw'], ['version-3.qcow2', 'qcow2'], ['version-2.qcow2', 'qcow2'], ['compressed.qcow2', 'qcow2'], ['encrypted.qcow2', 'qcow2'],
    ['sparse.vmdk', 'vmdk'], ['stream.vmdk', 'vmdk'], ['footer.vmdk', 'vmdk'], ['dynamic.vhd', 'vhd'], ['fixed.vhd', 'vhd'], ['disk.vhdx', 'vhdx'], ['disk.vdi', 'vdi'],
    ['static.vdi', 'vdi'], ['disk.luks', 'luks'],
  ])('of %s is found to be %s, and the size of its disk', async (name, diskFormat) => {
    const data = await bytes(name);
    const { status, image } = await upload(client, diskFormat, data);
    expect([status, image]).toMatchObject([204, { status: 'active', size: data.length, virtual_size: DISK_SIZE }]);
  });

  it('of a bootable ISO that is a partitioned disk as well counts as iso', async () => {
    const data = await readFile(GRUB_ISO);
    const { status, image } = await upload(client, 'iso', data);
    expect([status, image]).toMatchObject([204, { status: 'active', virtual_size: data.length }]);
  });

  it('of a partitioned disk is gpt, and its size its own', async () => {
    expect((await upload(client, 'gpt', gpt())).image).toMatchObject({ status: 'active', virtual_size: gpt().length });
  });

  it.each<RealImage>(['version-3.qcow2', 'sparse.vmdk', 'disk.vhdx', 'fixed.vhd'])('may be anything where raw is declared: %s', async (name) => {
    const data = await bytes(name);
    expect((await upload(client, 'raw', data)).image).toMatchObject({ status: 'active', virtual_size: data.length });
  });

  it.each(['ami', 'ari', 'aki', 'ploop'])('is not asked for as %s, but must not be another', async (diskFormat) => {
    expect((await upload(client, diskFormat, await bytes('disk.raw'))).image).toMatchObject({ status: 'active', virtual_size: null });
    expect(await upload(client, diskFormat, await bytes('version-3.qcow2'))).toMatchObject({ status: 415, image: { status: 'queued' } });
  });

  it.each(['raw', 'qcow2', 'vmdk', 'iso'])('is no matter where no byte comes, as %s', async (diskFormat) => {
    expect((await upload(client, diskFormat, Buffer.alloc(0))).image).toMatchObject({ status: 'active', size: 0, virtual_size: null });
  });

  it('is not looked at in a container', async () => {
    expect((await upload(client, 'qcow2', await bytes('flat.vmdk'), 'ova')).image).toMatchObject({ status: 'active', virtual_size: null });
  });

  it.each<[string, RealImage, string]>([
    ['qcow2', 'disk.raw', 'raw'], ['qcow2', 'sparse.vmdk', 'vmdk'], ['vmdk', 'version-3.qcow2', 'qcow2'], ['vhd', 'disk.vhdx', 'vhdx'], ['vhd', 'disk.raw', 'raw'],
    ['vhdx', 'dynamic.vhd', 'vhd'], ['vdi', 'disk.luks', 'luks'], ['iso', 'disk.vdi', 'vdi'], ['ploop', 'disk.qed', 'qed'], ['ami', 'flat.vmdk', 'vmdk'],
  ])('row 23: declared as %s refuses %s with 415, naming both, and the image is as before', async (diskFormat, name, detected) => {
    const { id, status, text, image } = await upload(client, diskFormat, await bytes(name));
    expect([status, image]).toMatchObject([415, { status: 'queued', size: null, virtual_size: null, checksum: null, disk_format: diskFormat }]);
    expect(text).toMatch(new RegExp(`disk_format ${diskFormat} does not match .* ${detected}[.,]`));
    expect(await stored(id)).toEqual([]);
  });

  it.each<[string, RealImage, string]>([
    ['CVE-2015-5163', 'backed.qcow2', 'backing_file'],
    ['CVE-2024-32498', 'outside.qcow2', 'data_file'],
    ['a feature that is not known everywhere', 'extended.qcow2', 'unknown_features'],
    ['a version long gone', 'old.qcow', 'unknown_features'],
    ['CVE-2022-47951', 'flat.vmdk', 'create_type'],
    ['CVE-2022-47951', 'split-sparse.vmdk', 'create_type'],
    ['CVE-2022-47951', 'split-flat.vmdk', 'create_type'],
    ['a VMDK that reads from another', 'backed.vmdk', 'backing_file'],
    ['a format that nobody runs', 'disk.qed', 'banned'],
  ])('%s: refuses %s with 415 for its %s, also as raw', async (_what, name, check) => {
    const data = await bytes(name);
    for (const diskFormat of [name.endsWith('.qcow') ? 'qcow2' : (name.split('.')[1] ?? ''), 'raw']) {
      const { id, status, text, image } = await upload(client, diskFormat, data);
      expect([status, image]).toMatchObject([415, { status: 'queued', size: null }]);
      expect(text).toContain(`safety checks: ${check} (`);
      expect(await stored(id)).toEqual([]);
    }
  });

  it('refuses a disk whose partition table is none', async () => {
    expect(await upload(client, 'raw', mbr())).toMatchObject({ status: 415, text: expect.stringContaining('mbr') as string, image: { status: 'queued' } });
  });

  it('lets a refused image be corrected and used', async () => {
    const data = await bytes('version-3.qcow2');
    const { id, status } = await upload(client, 'vmdk', data);
    expect(status).toBe(415);
    expect((await client.patch(id, [{ op: 'replace', path: '/disk_format', value: 'qcow2' }])).status).toBe(200);
    expect((await client.put(id, data)).status).toBe(204);
    expect(await client.show(id)).toMatchObject({ status: 'active', disk_format: 'qcow2', virtual_size: DISK_SIZE });
    expect(await stored(id)).toEqual([id]);
  });

  it('CVE-2015-5162: refuses a hostile upload while it still goes on', async () => {
    const { id } = await client.create({ disk_format: 'qcow2' });
    const sent = request(`${server.url}/v2/images/${id}/file`, { method: 'PUT', headers: { 'content-type': 'application/octet-stream', 'content-length': 2 ** 40 } });
    sent.on('error', () => undefined);
    const answered = new Promise<number | undefined>((resolve) => sent.on('response', (response) => resolve(response.resume().statusCode)));
    for (let i = 0; i < 16; i += 1) sent.write(Buffer.alloc(65_536, 'x'));
    expect(await answered).toBe(415);
    sent.destroy();
    expect(await client.show(id)).toMatchObject({ status: 'queued' });
    expect(await stored(id)).toEqual([]);
  });
});

describe.each([{ memory: false }, { memory: true }])('options of [image_format] (memory drivers: $memory)', ({ memory }) => {
  let server: Server;
  let client: ImageClient;
  beforeAll(async () => {
    server = await Server.start({ memory, conf: `${FORMATS}require_image_format_match = False\nvmdk_allowed_types = monolithicSparse\ngpt_safety_checks_nonfatal = mbr\n` });
    client = new ImageClient(server);
  }, 60_000);
  afterAll(() => server.dispose());

  it('row 23: let a mismatch pass, and the log names both formats', async () => {
    expect((await upload(client, 'vhdx', await bytes('version-3.qcow2'))).image).toMatchObject({ status: 'active', virtual_size: null });
    expect(server.output).toContain('disk_format vhdx does not match the data, which was detected as qcow2');
    expect((await upload(client, 'qcow2', await bytes('version-3.qcow2'))).image).toMatchObject({ status: 'active', virtual_size: DISK_SIZE });
  });

  it('CVE-2024-32498: never let unsafe data pass', async () => {
    expect(await upload(client, 'qcow2', await bytes('outside.qcow2'))).toMatchObject({ status: 415 });
    expect(await upload(client, 'vhdx', await bytes('outside.qcow2'))).toMatchObject({ status: 415 });
  });

  it('name the create types of VMDK that are taken', async () => {
    expect(await upload(client, 'vmdk', await bytes('sparse.vmdk'))).toMatchObject({ status: 204 });
    expect(await upload(client, 'vmdk', await bytes('stream.vmdk'))).toMatchObject({ status: 415, text: expect.stringContaining('create_type') as string });
  });

  it('name checks of partition tables that refuse nothing', async () => {
    expect((await upload(client, 'gpt', mbr())).image).toMatchObject({ status: 'active', virtual_size: mbr().length });
  });
});
