import { FormatInspector, type Detected } from './format-inspector.js';
import { dynamicVhd, fixedVhd, gpt, iso, luks, mbr, MIB, partition, PROTECTIVE, qcow2, qed, vdi, vhdFooter, vhdx, vmdk } from './formats.fixture.js';

function inspect(data: Buffer) {
  const inspector = new FormatInspector(['streamOptimized', 'monolithicSparse']);
  inspector.feed(data);
  return inspector.finish();
}
const shown = ({ format, virtualSize, failed }: Detected) => [format, virtualSize, ...failed.map(({ name }) => name)];
const found = (data: Buffer) => inspect(data).detected.map(shown);

describe('an image is told by its bytes', () => {
  it.each([
    ['qcow2, version 3', qcow2(), 'qcow2', MIB],
    ['qcow2, version 2, whose features are other bytes', qcow2({ version: 2, features: 0xffffn }), 'qcow2', MIB],
    ['qcow2, dirty, corrupt and compressed otherwise', qcow2({ features: 0b1011n }), 'qcow2', MIB],
    ['dynamic VHD', dynamicVhd(), 'vhd', MIB],
    ['VHDX', vhdx(), 'vhdx', MIB],
    ['VMDK', vmdk(), 'vmdk', MIB],
    ['VDI', vdi(), 'vdi', MIB],
    ['static VDI', vdi({ type: 2 }), 'vdi', MIB],
    ['ISO 9660', iso(), 'iso', 40_960],
    ['ISO 9660 of no length', iso({ blocks: 0 }), 'iso', 0],
    ['UDF', iso({ id: 'NSR03' }), 'iso', null],
    ['UDF with its extended area', iso({ id: 'BEA01', second: 'NSR02' }), 'iso', null],
    ['GPT', gpt(), 'gpt', 2048],
    ['MBR', mbr(partition({ boot: 0x80 }), partition()), 'gpt', 2048],
    ['LUKS', luks(), 'luks', 8192 - 4 * 512],
    ['LUKS that is cut off', luks({ payload: 4096 }), 'luks', null],
  ])('%s', (_what, data, format, virtualSize) => {
    expect(found(data)).toEqual([[format, virtualSize]]);
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('hello\n'.repeat(1000))],
    ['zeros', Buffer.alloc(MIB)],
    ['a FAT volume', Buffer.concat([Buffer.from([0xeb, 0x3c, 0x90]), mbr().subarray(3, 16), Buffer.from([2, 0, 2, 0, 0, 0xf8]), mbr().subarray(22)])],
    ['an NTFS volume', Buffer.concat([Buffer.from('\xebR\x90NTFS    ', 'latin1'), mbr().subarray(11)])],
    ['a Linux kernel', Buffer.concat([mbr().subarray(0, 514), Buffer.from('HdrS'), mbr().subarray(518)])],
    ['BEA01 of no UDF', iso({ id: 'BEA01' })],
  ])('raw: %s', (_what, data) => {
    expect(found(data)).toEqual([]);
  });

  it('a fixed VHD, by its end', () => {
    expect(inspect(fixedVhd(Buffer.alloc(MIB)))).toMatchObject({ detected: [], fixedVhd: { format: 'vhd', virtualSize: MIB, failed: [] } });
    expect(inspect(fixedVhd(gpt()))).toMatchObject({ detected: [{ format: 'gpt' }], fixedVhd: { virtualSize: 2048 } });
  });

  it.each([
    ['its disk is larger than the data', vhdFooter({ type: 2, size: 2n ** 40n })],
    ['it is of another type', vhdFooter({ type: 3, size: 512n })],
    ['it is cut off', vhdFooter({ type: 2, size: 512n }).subarray(0, 500)],
  ])('no fixed VHD where %s', (_what, footer) => {
    expect(inspect(Buffer.concat([Buffer.alloc(MIB), footer])).fixedVhd).toBeUndefined();
  });

  it('every format that it bears the marks of', () => {
    const disk = Buffer.concat([gpt(), iso().subarray(2048)]);
    expect(found(disk).map(([format]) => format)).toEqual(['iso', 'gpt']);
    expect(found(Buffer.concat([qcow2(), iso().subarray(1024)])).map(([format]) => format)).toEqual(['qcow2', 'iso']);
  });
});

describe('an image fails by name', () => {
  it.each([
    ['CVE-2015-5163: a qcow2 with a backing file', qcow2({ backing: 0x200 }), 'backing_file'],
    ['CVE-2024-32498: a qcow2 with an external data file', qcow2({ features: 0b100n }), 'data_file'],
    ['CVE-2024-32498: a qcow2 too short to have an L1 table, with a backing file', qcow2({ version: 2, backing: 72, length: 90 }), 'backing_file'],
    ['a qcow2 with extended L2 entries', qcow2({ features: 0b1_0000n }), 'unknown_features'],
    ['a qcow2 with a feature nobody knows', qcow2({ features: 2n ** 63n }), 'unknown_features'],
    ['a qcow2 of version 1', qcow2({ version: 1 }), 'unknown_features'],
    ['a qcow2 of version 4', qcow2({ version: 4 }), 'unknown_features'],
    ['a qcow2 that ends within its header', qcow2({ length: 511 }), 'header'],
    ['a VDI that ends within its header', vdi().subarray(0, 256), 'header'],
    ['a differencing VHD', dynamicVhd(vhdFooter({ type: 4 })), 'backing_file'],
    ['a differencing VHDX', vhdx({ parent: true }), 'backing_file'],
    ['a differencing VDI', vdi({ type: 4 }), 'backing_file'],
    ['a QED image, whatever is in it', qed(), 'banned'],
    ['LUKS version 2', luks({ version: 2 }), 'version'],
    ['an MBR without partitions', mbr(), 'mbr'],
    ['an MBR with a boot flag that is none', mbr(partition({ boot: 1 })), 'mbr'],
    ['a GPT beside whose protective entry stand others', mbr(partition({ type: PROTECTIVE }), partition()), 'mbr'],
    ['a GPT whose protective entry is not the first', mbr(partition({ type: 0 }), partition({ type: PROTECTIVE })), 'mbr'],
    ['a GPT whose protective entry starts at another block', mbr(partition({ type: PROTECTIVE, lba: 2 })), 'mbr'],
    ['a GPT whose protective entry starts at another cylinder', mbr(partition({ type: PROTECTIVE, chs: '\x00\x01\x00' })), 'mbr'],
  ])('%s', (_what, data, check) => {
    expect(inspect(data).detected).toMatchObject([{ failed: [{ name: check }] }]);
  });

  it.each([
    ['qcow2', qcow2({ size: 2n ** 64n - 1n })],
    ['VHD', dynamicVhd(vhdFooter({ size: 2n ** 63n }))],
    ['VHDX', vhdx({ size: 2n ** 60n })],
    ['VDI', vdi({ size: 2n ** 53n })],
    ['VMDK', vmdk(undefined, { capacity: 2n ** 63n })],
  ])('CVE-2015-5162: a %s of a size that cannot be', (_what, data) => {
    expect(inspect(data).detected).toMatchObject([{ virtualSize: null, failed: [{ name: 'virtual_size' }] }]);
  });

  it.each([
    ['has more regions than may be', { regions: 0x1_0001 }],
    ['has no regions', { regions: 0 }],
    ['has more items than may be', { items: 0xffff }],
    ['has no items', { items: 0 }],
    ['has its metadata before its tables', { metadataAt: 4096n }],
    ['has its metadata where no number reaches', { metadataAt: 2n ** 64n - 1n }],
    ['has its metadata behind its end', { metadataAt: 2n ** 40n }],
    ['has its size within the table', { sizeAt: 32 }],
  ])('a VHDX that %s', (_what, more) => {
    expect(inspect(vhdx(more)).detected).toMatchObject([{ format: 'vhdx', failed: [{ name: 'metadata' }] }]);
  });
});
