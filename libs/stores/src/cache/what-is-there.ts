import { lstat, readdir } from 'node:fs/promises';
import { errorCode } from '../drivers/filesystem/filesystem.errors.js';

/** None, where there is no such folder. */
export async function names(dir: string): Promise<string[]> {
  return readdir(dir).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  });
}

/** Undefined where there is no such file. */
export const stats = (path: string) => lstat(path).catch((error: unknown) => {
  if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined;
  throw error;
});
