import { promisify } from 'node:util';
import { constants, zstdCompress, zstdDecompress } from 'node:zlib';

const MAGIC = 0xfd2fb528;
/** More than any frame that an export writes, however long its events are; a bound for what is read. */
const MOST_TEXT = 256 * 1024 * 1024;
const RLE = 1;
const RESERVED = 3;

export const isZstd = (bytes: Buffer): boolean => bytes.length >= 4 && bytes.readUInt32LE(0) === MAGIC;

/**
 * Length of the zstd frame that the bytes begin with (RFC 8878, 3.1.1), undefined where it is not whole yet. Node's own
 * decompressor reads one frame and says nothing of what is missing or follows. Throws where there is no frame.
 */
export function frameLength(bytes: Buffer): number | undefined {
  if (bytes.length < 5) return undefined;
  if (!isZstd(bytes)) throw new Error('there is no zstd frame');
  const descriptor = bytes.readUInt8(4);
  const single = (descriptor & 0x20) !== 0;
  const sizeBytes = [single ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
  let at = 5 + (single ? 0 : 1) + dictionaryBytes + sizeBytes;
  for (let last = false; !last; ) {
    if (bytes.length < at + 3) return undefined;
    const block = bytes.readUIntLE(at, 3);
    const type = (block >> 1) & 3;
    if (type === RESERVED) throw new Error('a zstd block is of no known type');
    last = (block & 1) === 1;
    at += 3 + (type === RLE ? 1 : block >> 3);
  }
  if ((descriptor & 4) !== 0) at += 4;
  return bytes.length < at ? undefined : at;
}

const compressed = promisify(zstdCompress);
const decompressed = promisify(zstdDecompress);

/** One frame, with a checksum of its text. */
export const frameOf = (text: Buffer): Promise<Buffer> => compressed(text, { params: { [constants.ZSTD_c_checksumFlag]: 1 } });

/** Throws where the frame is damaged. */
export const textOf = (frame: Buffer): Promise<Buffer> => decompressed(frame, { maxOutputLength: MOST_TEXT });
