import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { succeed } from './run.js';

/** A bootable ISO of Debian's package grub-rescue-pc. */
export const GRUB_ISO = '/usr/lib/grub-rescue/grub-rescue-cdrom.iso';

/** A qcow2 that qemu-img made of real data; answers its path. */
export async function makeQcow2(): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'afterimage-qcow2-')), 'grub.qcow2');
  await succeed('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', GRUB_ISO, file]);
  return file;
}
