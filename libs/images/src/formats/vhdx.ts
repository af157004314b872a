import { FoundFormat, type ImageBytes, type Recogniser } from './found-format.js';

const SIGNATURE = Buffer.from('vhdxfile');
const ENTRY_LENGTH = 32;
const MOST_ENTRIES = 2047;

/** A table: where its entries are counted, how long what stands before them is. */
interface Table {
  readonly signature: string;
  readonly countAt: number;
  readonly countLength: number;
  readonly header: number;
}
const REGION_TABLE: Table = { signature: 'regi', countAt: 8, countLength: 4, header: 16 };
const METADATA_TABLE: Table = { signature: 'metadata', countAt: 10, countLength: 2, header: 32 };
const REGION_TABLE_AT = 192 * 1024;

/** GUIDs as they are written: the first three groups little-endian. */
const METADATA = Buffer.from('06a27c8b90479a4bb8fe575f050f886e', 'hex');
const DISK_SIZE = Buffer.from('2442a52f1bcd7648b2115dbed83bf4b8', 'hex');
const FILE_PARAMETERS = Buffer.from('3767a1ca36fa434db3b633f0aa44e76b', 'hex');
const HAS_PARENT = 2;

/** [MS-VHDX]: a table of regions, one of which is a table of metadata, one entry of which is the disk's size. */
export const recogniseVhdx: Recogniser = (head, image) => {
  if (!head.subarray(0, SIGNATURE.length).equals(SIGNATURE)) return;
  const found = new FoundFormat('vhdx', () => {
    if (found.virtualSize === null) lose();
  });
  const lose = () => {
    if (found.failed.length === 0) found.fail('metadata', 'what describes its disk cannot be found');
  };
  image.found(found);
  readTable(image, REGION_TABLE_AT, REGION_TABLE, lose, (regions) => {
    const at = regions.find((entry) => hasId(entry, METADATA))?.readBigUInt64LE(16);
    if (at === undefined || at > BigInt(Number.MAX_SAFE_INTEGER)) return lose();
    readTable(image, Number(at), METADATA_TABLE, lose, (items) => readItems(image, found, Number(at), items, lose));
  });
};

function readItems(image: ImageBytes, found: FoundFormat, start: number, items: readonly Buffer[], lose: () => void): void {
  const read = (id: Buffer, then: (value: Buffer) => void) => {
    const item = items.find((entry) => hasId(entry, id));
    if (item === undefined || !image.want(start + item.readUInt32LE(16), 8, then)) lose();
  };
  read(FILE_PARAMETERS, (value) => {
    if ((value.readUInt32LE(4) & HAS_PARENT) !== 0) found.fail('backing_file', 'it is a differencing disk, which reads from a parent');
  });
  read(DISK_SIZE, (value) => found.setVirtualSize(value.readBigUInt64LE(0)));
}

const hasId = (entry: Buffer, id: Buffer): boolean => entry.subarray(0, id.length).equals(id);

/** The entries of a table; `lose` where there is none or it has passed already. */
function readTable(image: ImageBytes, start: number, { signature, countAt, countLength, header }: Table, lose: () => void, then: (entries: readonly Buffer[]) => void): void {
  const begun = image.want(start, header, (bytes) => {
    const count = bytes.readUIntLE(countAt, countLength);
    const entries = (table: Buffer) => then(Array.from({ length: count }, (_, i) => table.subarray(i * ENTRY_LENGTH, (i + 1) * ENTRY_LENGTH)));
    const known = bytes.toString('latin1', 0, signature.length) === signature && count <= MOST_ENTRIES;
    if (!known || !image.want(start + header, count * ENTRY_LENGTH, entries)) lose();
  });
  if (!begun) lose();
}
