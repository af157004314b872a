import { randomBytes } from 'node:crypto';
import { link, mkdir, stat, statfs, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { StoreFull, StoreUnavailable } from '../../stores.errors.js';
import { unlinkIfThere } from './file-attempt.js';
import { errorCode } from './filesystem.errors.js';

export interface DataDirectory {
  /** Absolute. */
  readonly path: string;
  /** The highest with room is taken. */
  readonly priority: number;
}

/** Free bytes; undefined where the directory cannot be looked at. */
async function room(path: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}

/** Of several directories the one for data of this size: highest priority first, then most room. One alone is not asked. */
export async function chooseDirectory(store: string, directories: readonly DataDirectory[], size: number): Promise<string> {
  const [only] = directories;
  if (only && directories.length === 1) return only.path;
  const looked = await Promise.all(directories.map(async (directory) => ({ ...directory, free: await room(directory.path) })));
  const usable = looked.flatMap(({ free, ...directory }) => (free === undefined ? [] : [{ ...directory, free }]));
  if (usable.length === 0) throw new StoreUnavailable(store, `None of the directories ${directories.map(({ path }) => path).join(', ')} can be reached.`);
  const [best] = usable.filter(({ free }) => free > size).toSorted((a, b) => b.priority - a.priority || b.free - a.free);
  if (!best) throw new StoreFull(store, `No directory of the store has room for ${size} bytes.`);
  return best.path;
}

/** Makes the directory where it is missing, and proves that files can be written and linked there. */
export async function checkDirectory(store: string, path: string): Promise<void> {
  const probe = join(path, `.probe-${randomBytes(8).toString('hex')}`);
  try {
    await makeDirectory(path);
    try {
      await writeFile(probe, '', { flag: 'wx' });
      await link(probe, `${probe}-link`);
    } finally {
      await unlinkIfThere(`${probe}-link`);
      await unlinkIfThere(probe);
    }
  } catch (error) {
    throw new StoreUnavailable(store, `The store ${store} cannot use its directory ${path}: ${advice(errorCode(error))}`, { cause: error });
  }
}

// Not mkdir's own `recursive`: under /proc, and wherever else a parent exists but takes no directory, it never ends.
async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o750 });
  } catch (error) {
    const parent = dirname(path);
    if (errorCode(error) === 'EEXIST') return;
    if (errorCode(error) !== 'ENOENT' || parent === path || (await isThere(parent))) throw error;
    await makeDirectory(parent);
    await makeDirectory(path);
  }
}

const isThere = (path: string): Promise<boolean> => stat(path).then(() => true, () => false);

function advice(code = 'unknown error'): string {
  const texts: Record<string, string> = {
    EACCES: 'this process may not write there; change its owner or mode, or set filesystem_store_datadir.',
    EPERM: 'files cannot be linked there; choose a file system with hard links.',
    ENOTSUP: 'files cannot be linked there; choose a file system with hard links.',
    EROFS: 'it is mounted read-only.',
    ENOSPC: 'there is no room left.',
    ENOTDIR: 'a part of the path is not a directory.',
    ENOENT: 'it does not exist and cannot be made there.',
  };
  return `${texts[code] ?? 'it cannot be written.'} (${code})`;
}
