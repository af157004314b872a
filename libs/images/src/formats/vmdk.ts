import { FoundFormat, HEAD_LENGTH, MARKS_LENGTH, TAIL_LENGTH, type ImageBytes, type Recogniser } from './found-format.js';
import { createTypeOf, faultsOf, isProbedDescriptor, textOf, typeFaults } from './vmdk-descriptor.js';

const MAGIC = 0x4b444d56;
const SECTOR = 512;
/** QEMU and VMware write and read the text here, whatever a header says. */
const DESCRIPTOR_SECTOR = 1n;
const DESCRIPTOR_LENGTH = MARKS_LENGTH - HEAD_LENGTH;
const GRAIN_DIRECTORY_AT_END = 2n ** 64n - 1n;

/** VMware's Virtual Disk Format 5.0: a sparse file with its descriptor inside, or a descriptor alone. */
export function recogniseVmdk(allowedTypes: readonly string[]): Recogniser {
  return (head, image) => {
    if (head.readUInt32BE(0) === MAGIC) sparse(head, image, allowedTypes);
    else descriptorAlone(head, image, allowedTypes);
  };
}

function sparse(head: Buffer, image: ImageBytes, allowedTypes: readonly string[]): void {
  const header = headerOf(head);
  const found = new FoundFormat('vmdk', (size, tail) => {
    if (header.directory === GRAIN_DIRECTORY_AT_END) readFooter(found, header, size, tail);
  });
  if (![1, 2, 3].includes(header.version)) found.fail('descriptor', `its version ${header.version} is not supported`);
  if (header.descriptor !== DESCRIPTOR_SECTOR) found.fail('descriptor', 'its descriptor does not follow its header');
  if (header.capacity === 0n) found.fail('extents', 'its header gives no capacity: its data may be in other files');
  const wanted = image.want(HEAD_LENGTH, DESCRIPTOR_LENGTH, (bytes) => {
    const text = textOf(bytes);
    if (text.length === DESCRIPTOR_LENGTH) found.fail('descriptor', `its descriptor is longer than ${DESCRIPTOR_LENGTH} bytes`);
    else for (const { name, reason } of faultsOf(text, allowedTypes)) found.fail(name, reason);
  });
  if (!wanted) found.fail('descriptor', 'it has no descriptor');
  found.setVirtualSize(header.capacity * BigInt(SECTOR));
  image.found(found);
}

/** Text that names where the data is can only lead out of the file. */
function descriptorAlone(head: Buffer, image: ImageBytes, allowedTypes: readonly string[]): void {
  if (!isText(head) && !isProbedDescriptor(textOf(head))) return;
  const judge = (rest: Buffer) => {
    const type = createTypeOf(textOf(Buffer.concat([head, rest])));
    if (type === undefined && !isProbedDescriptor(textOf(head))) return;
    const found = new FoundFormat('vmdk');
    for (const { name, reason } of typeFaults(type, allowedTypes)) found.fail(name, reason);
    found.fail('extents', 'it is a descriptor alone: its data is in other files');
    image.found(found);
  };
  if (!image.want(HEAD_LENGTH, DESCRIPTOR_LENGTH, judge)) judge(Buffer.alloc(0));
}

/** Zeros stand where the data ended before. */
const isText = (head: Buffer): boolean => /^[\t-\r\x20-\x7e]+\0*$/.test(head.toString('latin1'));

interface Header {
  readonly magic: number;
  readonly version: number;
  /** Sectors. */
  readonly capacity: bigint;
  readonly descriptor: bigint;
  readonly descriptorLength: bigint;
  readonly directory: bigint;
}

const headerOf = (sector: Buffer): Header => ({
  magic: sector.readUInt32BE(0),
  version: sector.readUInt32LE(4),
  capacity: sector.readBigUInt64LE(12),
  descriptor: sector.readBigUInt64LE(28),
  descriptorLength: sector.readBigUInt64LE(36),
  directory: sector.readBigUInt64LE(56),
});

/** A stream's footer counts instead of its header: a marker's sector, the header again, a sector that ends the stream. */
function readFooter(found: FoundFormat, header: Header, size: number, tail: Buffer): void {
  // QEMU looks for it from the last whole sector on.
  if (tail.length < TAIL_LENGTH || size % SECTOR !== 0) return found.fail('footer', 'it announces a footer and has none');
  const [marker, again, end] = [0, 1, 2].map((i) => tail.subarray(i * SECTOR, (i + 1) * SECTOR)) as [Buffer, Buffer, Buffer];
  const footer = headerOf(again);
  const same = (['magic', 'version', 'descriptor', 'descriptorLength'] as const).every((key) => footer[key] === header[key]);
  if (!isMarker(marker, 3) || !isMarker(end, 0) || end.readBigUInt64LE(0) !== 0n) return found.fail('footer', 'the markers around its footer are invalid');
  if (!same || footer.capacity === 0n) return found.fail('footer', 'its footer contradicts its header');
  if (footer.directory === GRAIN_DIRECTORY_AT_END) return found.fail('footer', 'its footer announces another footer');
  found.setVirtualSize(footer.capacity * BigInt(SECTOR));
}

const isMarker = (sector: Buffer, type: number): boolean =>
  sector.readUInt32LE(8) === 0 && sector.readUInt32LE(12) === type && sector.subarray(16).every((byte) => byte === 0);
