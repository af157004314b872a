import type { FileHandle } from 'node:fs/promises';

const BLOCK = 1024 * 1024;
/** A file that nobody reads for so long is closed. */
const UNREAD_MS = 60_000;

/** All bytes of a file that is open, which is closed at the end, or when nobody begins to read. Buffers take turns. */
export function readOpened(handle: FileHandle): AsyncIterable<Buffer> {
  const timer = setTimeout(() => void handle.close().catch(() => undefined), UNREAD_MS);
  timer.unref();
  return {
    [Symbol.asyncIterator]: () => {
      clearTimeout(timer);
      return blocks(handle);
    },
  };
}

async function* blocks(handle: FileHandle): AsyncGenerator<Buffer> {
  try {
    const buffers = [Buffer.allocUnsafeSlow(BLOCK), Buffer.allocUnsafeSlow(BLOCK)];
    for (let turn = 0; ; turn += 1) {
      const buffer = buffers[turn % 2] as Buffer;
      const { bytesRead } = await handle.read(buffer, 0, BLOCK, null);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}
