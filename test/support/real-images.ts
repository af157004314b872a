import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { succeed } from './run.js';

/** A bootable ISO of Debian's package grub-rescue-pc. */
export const GRUB_ISO = '/usr/lib/grub-rescue/grub-rescue-cdrom.iso';

const newFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'afterimage-images-'));

/** A qcow2 that qemu-img made of real data; answers its path. */
export async function makeQcow2(): Promise<string> {
  const file = join(await newFolder(), 'grub.qcow2');
  await succeed('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', GRUB_ISO, file]);
  return file;
}

const SECRET = ['--object', 'secret,id=key,data=not-secret'];
const ENCRYPTED = 'encrypt.format=luks,encrypt.key-secret=key,encrypt.iter-time=10';

/** How qemu-img makes an image of a disk: its arguments between the command and the disk. */
const CONVERSIONS = {
  'version-3.qcow2': ['-O', 'qcow2'],
  'version-2.qcow2': ['-O', 'qcow2', '-o', 'compat=0.10'],
  'compressed.qcow2': ['-O', 'qcow2', '-c', '-o', 'compression_type=zstd'],
  'encrypted.qcow2': [...SECRET, '-O', 'qcow2', '-o', ENCRYPTED],
  'disk.luks': [...SECRET, '-O', 'luks', '-o', 'key-secret=key,iter-time=10'],
  'sparse.vmdk': ['-O', 'vmdk', '-o', 'subformat=monolithicSparse'],
  'stream.vmdk': ['-O', 'vmdk', '-o', 'subformat=streamOptimized'],
  'flat.vmdk': ['-O', 'vmdk', '-o', 'subformat=monolithicFlat'],
  'split-sparse.vmdk': ['-O', 'vmdk', '-o', 'subformat=twoGbMaxExtentSparse'],
  'split-flat.vmdk': ['-O', 'vmdk', '-o', 'subformat=twoGbMaxExtentFlat'],
  'dynamic.vhd': ['-O', 'vpc', '-o', 'force_size=on'],
  'fixed.vhd': ['-O', 'vpc', '-o', 'subformat=fixed,force_size=on'],
  'disk.vhdx': ['-O', 'vhdx'],
  'disk.vdi': ['-O', 'vdi'],
  'static.vdi': ['-O', 'vdi', '-o', 'static=on'],
  'disk.qed': ['-O', 'qed'],
  'old.qcow': ['-O', 'qcow'],
} as const;

const CREATIONS = {
  'backed.qcow2': ['-f', 'qcow2', '-b', 'disk.raw', '-F', 'raw'],
  'outside.qcow2': ['-f', 'qcow2', '-o', 'data_file=outside.raw', 'SIZE'],
  'extended.qcow2': ['-f', 'qcow2', '-o', 'extended_l2=on', 'SIZE'],
  'backed.vmdk': ['-f', 'vmdk', '-b', 'sparse.vmdk', '-F', 'vmdk'],
} as const;

export type RealImage = keyof typeof CONVERSIONS | keyof typeof CREATIONS | 'disk.raw' | 'footer.vmdk';

/** Bytes of the disk that every image of `makeImages` holds: real data, without a mark of any format. */
export const DISK_SIZE = 3 * 1024 * 1024;

/** One disk as qemu-img writes it in each format; answers the folder, in which each has its name. */
export async function makeImages(): Promise<string> {
  const cwd = await newFolder();
  const data = (await readFile(GRUB_ISO)).subarray(1_000_000, 1_000_000 + DISK_SIZE - 4096);
  await writeFile(join(cwd, 'disk.raw'), Buffer.concat([data.fill(0, 0, 65_536), Buffer.alloc(4096)]));
  for (const [name, args] of Object.entries(CONVERSIONS)) await succeed('qemu-img', ['convert', '-f', 'raw', ...args, 'disk.raw', name], { cwd });
  for (const [name, args] of Object.entries(CREATIONS)) {
    const [size] = args.filter((arg) => arg === 'SIZE').map(() => String(DISK_SIZE));
    await succeed('qemu-img', ['create', '-q', ...args.filter((arg) => arg !== 'SIZE'), name, ...(size === undefined ? [] : [size])], { cwd });
  }
  const stream = join(cwd, 'footer.vmdk');
  await writeFile(stream, withFooter(await readFile(join(cwd, 'stream.vmdk'))));
  await succeed('qemu-img', ['compare', '-q', '-f', 'vmdk', '-F', 'raw', stream, join(cwd, 'disk.raw')]);
  return cwd;
}

const SECTOR = 512;

/** The stream as VMware writes it, which knows where its grains are only at its end: qemu-img goes back and corrects its header. */
function withFooter(stream: Buffer): Buffer {
  const footer = Buffer.from(stream.subarray(0, SECTOR));
  const marker = Buffer.alloc(SECTOR);
  marker.writeUInt32LE(1, 0);
  marker.writeUInt32LE(3, 12);
  const whole = Buffer.concat([stream, Buffer.alloc(-stream.length & (SECTOR - 1)), marker, footer, Buffer.alloc(SECTOR)]);
  return whole.fill(0xff, 56, 64);
}
