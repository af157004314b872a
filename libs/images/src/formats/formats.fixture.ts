/** Images as small as they can be: headers with what each field says, and zeros. */
const SECTOR = 512;
export const MIB = 1024 * 1024;

/** Writes values at their offsets into zeros. */
function bytesWith(length: number, ...at: readonly (readonly [number, Buffer | string])[]): Buffer {
  const bytes = Buffer.alloc(length);
  for (const [offset, value] of at) (typeof value === 'string' ? Buffer.from(value, 'latin1') : value).copy(bytes, offset);
  return bytes;
}

const be = (length: 2 | 4 | 8, value: bigint | number): Buffer => Buffer.from(BigInt.asUintN(length * 8, BigInt(value)).toString(16).padStart(length * 2, '0'), 'hex');
const le = (length: 2 | 4 | 8, value: bigint | number): Buffer => be(length, value).reverse();

export const qcow2 = ({ version = 3, backing = 0, features = 0n, size = BigInt(MIB), length = 1024 } = {}): Buffer =>
  bytesWith(length, [0, 'QFI\xfb'], [4, be(4, version)], [8, be(8, backing)], [20, be(4, 16)], [24, be(8, size)], [72, be(8, features)], [100, be(4, 104)]);

export const qed = (): Buffer => bytesWith(1024, [0, 'QED\0']);

export const vdi = ({ type = 1, size = BigInt(MIB) } = {}): Buffer => bytesWith(1024, [0x40, le(4, 0xbeda107f)], [0x4c, le(4, type)], [0x170, le(8, size)]);

export const luks = ({ version = 1, payload = 4, length = 8192 } = {}): Buffer => bytesWith(length, [0, 'LUKS\xba\xbe'], [6, be(2, version)], [104, be(4, payload)]);

export const vhdFooter = ({ type = 3, size = BigInt(MIB) } = {}): Buffer => bytesWith(SECTOR, [0, 'conectix'], [40, be(8, size)], [48, be(8, size)], [60, be(4, type)]);

export const dynamicVhd = (footer = vhdFooter()): Buffer => Buffer.concat([footer, bytesWith(1024, [0, 'cxsparse']), footer]);

export const fixedVhd = (disk: Buffer): Buffer => Buffer.concat([disk, vhdFooter({ type: 2, size: BigInt(disk.length) })]);

export const iso = ({ id = 'CD001', blocks = 20, second = '' } = {}): Buffer =>
  bytesWith(20 * 2048, [0x8000, '\x01'], [0x8001, id], [0x8000 + 80, le(4, blocks)], [0x8000 + 128, le(2, 2048)], [0x8801, second]);

/** One entry of a partition table. */
export const partition = ({ boot = 0, chs = '\x00\x02\x00', type = 0x83, lba = 1 } = {}): Buffer => bytesWith(16, [0, Buffer.from([boot])], [1, chs], [4, Buffer.from([type])], [8, le(4, lba)], [12, le(4, 2048)]);

export const PROTECTIVE = 0xee;

export const mbr = (...partitions: readonly Buffer[]): Buffer =>
  bytesWith(2048, [446, Buffer.concat(partitions)], [510, '\x55\xaa'], ...(partitions[0]?.[4] === PROTECTIVE ? [[512, 'EFI PART'] as const] : []));

export const gpt = (): Buffer => mbr(partition({ type: PROTECTIVE }));

export const DESCRIPTOR = [
  '# Disk DescriptorFile', 'version=1', 'CID=7ef54f0d', 'parentCID=ffffffff', 'createType="monolithicSparse"', '',
  '# Extent description', 'RW 2048 SPARSE "disk.vmdk"', '', '# The Disk Data Base', '#DDB', 'ddb.virtualHWVersion = "4"', 'ddb.adapterType = "ide"', '',
].join('\n');

export interface VmdkHeader {
  readonly version?: number;
  /** Sectors. */
  readonly capacity?: bigint;
  readonly descriptorAt?: bigint;
  readonly directory?: bigint;
}

const vmdkHeader = ({ version = 1, capacity = 2048n, descriptorAt = 1n, directory = 21n }: VmdkHeader = {}): Buffer =>
  bytesWith(SECTOR, [0, 'KDMV'], [4, le(4, version)], [12, le(8, capacity)], [20, le(8, 128)], [28, le(8, descriptorAt)], [36, le(8, 20)], [56, le(8, directory)]);

export const vmdk = (descriptor = DESCRIPTOR, header: VmdkHeader = {}): Buffer => bytesWith(22 * SECTOR, [0, vmdkHeader(header)], [SECTOR, descriptor]);

export const DIRECTORY_AT_END = 2n ** 64n - 1n;

const marker = (type: number): Buffer => bytesWith(SECTOR, [12, le(4, type)]);

/** A stream: its header says that a footer follows at the end. */
export const vmdkStream = (footer: VmdkHeader = {}, end = [marker(3), vmdkHeader(footer), marker(0)]): Buffer =>
  Buffer.concat([vmdk(DESCRIPTOR.replace('monolithicSparse', 'streamOptimized'), { directory: DIRECTORY_AT_END }), ...end]);

const guid = (text: string): Buffer => {
  const [a = '', b = '', c = '', d = '', e = ''] = text.split('-');
  return Buffer.concat([Buffer.from(a, 'hex').reverse(), Buffer.from(b, 'hex').reverse(), Buffer.from(c, 'hex').reverse(), Buffer.from(d + e, 'hex')]);
};
const METADATA = guid('8b7ca206-4790-4b9a-b8fe-575f050f886e');
const FILE_PARAMETERS = guid('caa16737-fa36-4d43-b3b6-33f0aa44e76b');
const DISK_SIZE = guid('2fa54224-cd1b-4876-b211-5dbed83bf4b8');

export const vhdx = ({ size = BigInt(MIB), parent = false, metadataAt = BigInt(MIB), regions = 1, items = 2, sizeAt = 0x10008 } = {}): Buffer =>
  bytesWith(
    2 * MIB, [0, 'vhdxfile'], [0x30000, 'regi'], [0x30008, le(4, regions)], [0x30010, METADATA], [0x30020, le(8, metadataAt)],
    [MIB, 'metadata'], [MIB + 10, le(2, items)], [MIB + 32, FILE_PARAMETERS], [MIB + 48, le(4, 0x10000)], [MIB + 64, DISK_SIZE], [MIB + 80, le(4, sizeAt)],
    [MIB + 0x10004, le(4, parent ? 2 : 0)], [MIB + 0x10008, le(8, size)],
  );
