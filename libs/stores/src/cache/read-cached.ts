import type { FileHandle } from 'node:fs/promises';
import { readOpened, type ReadOf } from '../drivers/filesystem/read-file.js';

const BLOCK = 1024 * 1024;
/** A file that nobody reads for so long is closed. */
const UNREAD_MS = 60_000;

/** All bytes of a file that is open already, so that it may go meanwhile; closed at the end, or when nobody begins to read. */
export function readCached(handle: FileHandle, path: string): AsyncIterable<Buffer> {
  const of: ReadOf = { store: 'cache', path, largestChunk: BLOCK };
  const timer = setTimeout(() => void handle.close().catch(() => undefined), UNREAD_MS);
  timer.unref();
  return {
    [Symbol.asyncIterator]: () => {
      clearTimeout(timer);
      return readOpened(() => handle, of);
    },
  };
}
