import { FoundFormat, type Recogniser } from './found-format.js';

const COOKIE = Buffer.from('conectix');
const FOOTER = 512;
const FIXED = 2;
const DIFFERENCING = 4;

/** Microsoft's Virtual Hard Disk Image Format 1.0: a disk that grows begins with a copy of its footer. */
export const recogniseVhd: Recogniser = (head, image) => {
  if (!isFooter(head)) return;
  const found = new FoundFormat('vhd');
  if (head.readUInt32BE(60) === DIFFERENCING) found.fail('backing_file', 'it is a differencing disk, which reads from a parent');
  found.setVirtualSize(currentSize(head));
  image.found(found);
};

/** A disk of fixed size is raw data with a footer; undefined where the last bytes are none. */
export function fixedVhd(size: number, tail: Buffer): FoundFormat | undefined {
  if (tail.length < FOOTER) return undefined;
  const footer = tail.subarray(-FOOTER);
  if (!isFooter(footer) || footer.readUInt32BE(60) !== FIXED || currentSize(footer) > BigInt(size - FOOTER)) return undefined;
  const found = new FoundFormat('vhd');
  found.setVirtualSize(currentSize(footer));
  return found;
}

const isFooter = (bytes: Buffer): boolean => bytes.subarray(0, COOKIE.length).equals(COOKIE);

const currentSize = (footer: Buffer): bigint => footer.readBigUInt64BE(48);
