import { DataNotFound, StoreFull, StoreReadOnly, StoreUnavailable, type StoreError } from '../../stores.errors.js';

const member = (error: unknown, name: 'code' | 'syscall'): string | undefined => {
  const value = typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
  return typeof value === 'string' ? value : undefined;
};

export const errorCode = (error: unknown): string | undefined => member(error, 'code');

/** True for errors of the operating system, false for the stores' own. */
export const isSystemError = (error: unknown): boolean => member(error, 'syscall') !== undefined;

const FULL = ['ENOSPC', 'EDQUOT', 'EFBIG'];
const READ_ONLY = ['EROFS', 'EACCES', 'EPERM'];

/** What an error of the file system means while data is written or removed. */
export function writeFailure(store: string, path: string, error: unknown): StoreError {
  const code = errorCode(error) ?? 'unknown error';
  if (FULL.includes(code)) return new StoreFull(store, `There is no room left for ${path} (${code}).`, { cause: error });
  if (READ_ONLY.includes(code)) return new StoreReadOnly(store, `${path} cannot be written (${code}).`, { cause: error });
  return new StoreUnavailable(store, `Writing ${path} failed (${code}).`, { cause: error });
}

export const unlistable = (store: string, path: string, error: unknown): StoreError =>
  new StoreUnavailable(store, `The files of ${path} cannot be listed (${errorCode(error) ?? 'unknown error'}).`, { cause: error });

/** What it means while data is read. */
export function readFailure(store: string, path: string, error: unknown): StoreError {
  const code = errorCode(error) ?? 'unknown error';
  if (code === 'ENOENT') return new DataNotFound(store, `There is no data at ${path}.`, { cause: error });
  return new StoreUnavailable(store, `Reading ${path} failed (${code}).`, { cause: error });
}
