import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import type { ByteRange } from '../../store.js';
import { StoreUnavailable } from '../../stores.errors.js';

// Two buffers each: past this many readers at a time speed gives way to bounded memory.
const LARGE_READERS = 64;
const SMALL_CHUNK = 64 * 1024;
let readers = 0;

const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** The file is opened with the first chunk asked for, so that an iteration that never starts holds nothing. */
export const readFile = (store: string, path: string, largestChunk: number, range?: ByteRange): AsyncGenerator<Buffer> =>
  readOpened(() => open(path, FLAGS), { store, path, largestChunk }, range);

export interface ReadOf {
  /** For the words of a failure. */
  readonly store: string;
  readonly path: string;
  /** Bytes. */
  readonly largestChunk: number;
}

/** What `opened` opens is closed at the end; all readers of this process are counted. */
export async function* readOpened(opened: () => FileHandle | Promise<FileHandle>, { store, path, largestChunk }: ReadOf, range?: ByteRange): AsyncGenerator<Buffer> {
  readers += 1;
  let handle: FileHandle | undefined;
  try {
    handle = await opened();
    const end = range ? range.end + 1 : (await handle.stat()).size;
    const most = readers > LARGE_READERS ? SMALL_CHUNK : largestChunk;
    yield* chunksOf(handle, store, path, range?.start ?? 0, end, most);
  } finally {
    readers -= 1;
    await handle?.close();
  }
}

async function* chunksOf(handle: FileHandle, store: string, path: string, start: number, end: number, most: number): AsyncGenerator<Buffer> {
  const size = Math.min(most, end - start);
  let current = Buffer.allocUnsafeSlow(Math.max(0, size));
  let other = start + size < end ? Buffer.allocUnsafeSlow(size) : current;
  for (let position = start; position < end; ) {
    const { bytesRead } = await handle.read(current, 0, Math.min(size, end - position), position);
    if (bytesRead === 0) throw new StoreUnavailable(store, `${path} ends at ${position}, before byte ${end}.`);
    position += bytesRead;
    yield current.subarray(0, bytesRead);
    [current, other] = [other, current];
  }
}
