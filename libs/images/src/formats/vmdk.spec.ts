import { FormatInspector } from './format-inspector.js';
import { DESCRIPTOR, DIRECTORY_AT_END, MIB, vmdk, vmdkStream, type VmdkHeader } from './formats.fixture.js';

function inspect(data: Buffer, allowed = ['streamOptimized', 'monolithicSparse']) {
  const inspector = new FormatInspector(allowed);
  inspector.feed(data);
  return inspector.finish().detected;
}
const checks = (data: Buffer, allowed?: string[]) => inspect(data, allowed).map(({ format, failed }) => [format, ...new Set(failed.map(({ name }) => name))].join(' '));
const withType = (type: string) => DESCRIPTOR.replace('monolithicSparse', type);

describe('the descriptor of a VMDK', () => {
  it('is taken in any case and with any line ends', () => {
    expect(inspect(vmdk(withType('MONOLITHICsparse').replaceAll('\n', '\r\n')))).toMatchObject([{ virtualSize: MIB, failed: [] }]);
  });

  it('may name the file in any encoding', () => {
    expect(checks(vmdk(DESCRIPTOR.replace('disk.vmdk', 'diskü☃.vmdk')))).toEqual(['vmdk']);
  });

  it.each(['monolithicFlat', 'twoGbMaxExtentSparse', 'vmfs', 'custom', 'fullDevice', ''])('CVE-2022-47951: fails with the create type %p', (type) => {
    expect(checks(vmdk(withType(type)))).toEqual(['vmdk create_type']);
  });

  it('fails whatever its create type where none is allowed', () => {
    expect(checks(vmdk(), [])).toEqual(['vmdk create_type']);
  });

  it('is let pass with a create type that the operator allows', () => {
    expect(checks(vmdk(withType('vmfsSparse')), ['vmfsSparse'])).toEqual(['vmdk']);
  });

  it.each([
    ['a second create type that others read instead', `${DESCRIPTOR}createType="monolithicFlat"\n`, 'create_type'],
    ['a create type in a comment before the right one', `# createType="monolithicFlat"\n${DESCRIPTOR}`, 'create_type'],
    ['no create type', DESCRIPTOR.replace('createType', 'type'), 'create_type'],
    ['a create type without an end', DESCRIPTOR.replace('Sparse"', 'Sparse'), 'create_type'],
    ['CVE-2022-47951: an extent that is a flat file', DESCRIPTOR.replace('SPARSE "disk.vmdk"', 'FLAT "secret" 0'), 'extents'],
    ['CVE-2022-47951: an extent with a path', DESCRIPTOR.replace('disk.vmdk', '/etc/passwd'), 'extents'],
    ['an extent with a Windows path', DESCRIPTOR.replace('disk.vmdk', 'c:\\disk.vmdk'), 'extents'],
    ['two extents', DESCRIPTOR.replace('RW 2048', 'RW 1 SPARSE "a"\nRW 2048'), 'extents'],
    ['no extent', DESCRIPTOR.replace(/RW .*\n/, ''), 'extents'],
    ['a parent file', DESCRIPTOR.replace('CID=', 'parentFileNameHint="/etc/passwd"\nCID='), 'backing_file'],
    ['a parent file in a comment, where QEMU finds it', `#parentFileNameHint="/etc/passwd"\n${DESCRIPTOR}`, 'backing_file'],
    ['a line that is nothing known', `${DESCRIPTOR}include other.vmdk\n`, 'descriptor'],
    ['more text than a descriptor has', `${DESCRIPTOR}${'#\n'.repeat(40_000)}`, 'descriptor'],
  ])('fails with %s', (_what, descriptor, check) => {
    const long = Buffer.concat([vmdk(descriptor), Buffer.from(descriptor).subarray(21 * 512)]);
    expect(checks(long)).toEqual([`vmdk ${check}`]);
  });

  it.each<[string, VmdkHeader, string]>([
    ['stands elsewhere', { descriptorAt: 2n }, 'descriptor'],
    ['stands where no number reaches', { descriptorAt: 2n ** 64n - 1n }, 'descriptor'],
    ['is not there', { descriptorAt: 0n }, 'descriptor'],
    ['belongs to a version that is not known', { version: 4 }, 'descriptor'],
    ['follows a header that gives no capacity', { capacity: 0n }, 'extents'],
  ])('fails where it %s', (_what, header, check) => {
    expect(checks(vmdk(undefined, header))).toEqual([`vmdk ${check}`]);
  });

  it('is missed in a file that ends before', () => {
    expect(checks(vmdk().subarray(0, 100))).toEqual(['vmdk descriptor']);
  });
});

describe('a descriptor alone', () => {
  const flat = withType('monolithicFlat').replace('SPARSE "disk.vmdk"', 'FLAT "/etc/passwd" 0');
  it.each([
    ['CVE-2022-47951: as it is', Buffer.from(flat)],
    ['CVE-2022-47951: filled up with zeros', Buffer.concat([Buffer.from(flat), Buffer.alloc(70_000)])],
    ['CVE-2022-47951: behind a long comment', Buffer.from(`#${'x'.repeat(60_000)}\n${flat}`)],
  ])('never passes, %s', (_what, data) => {
    expect(checks(data)).toEqual(['vmdk create_type extents']);
    expect(checks(data, ['monolithicFlat'])).toEqual(['vmdk extents']);
  });

  it('is told by what QEMU probes, though it has no create type', () => {
    expect(checks(Buffer.from('# Disk DescriptorFile\n \nversion=1\n'))).toEqual(['vmdk create_type extents']);
  });

  it('is not every text', () => {
    expect(checks(Buffer.from(`#!/bin/sh\n${'echo createType\n'.repeat(9000)}`))).toEqual([]);
  });
});

describe('the footer of a VMDK stream', () => {
  it('says how large the disk is', () => {
    expect(inspect(vmdkStream({ capacity: 4096n }))).toMatchObject([{ virtualSize: 2 * MIB, failed: [] }]);
  });

  const whole = vmdkStream();
  const withByte = (fromEnd: number, byte: number) => {
    const data = Buffer.from(whole);
    data[data.length - fromEnd] = byte;
    return data;
  };
  it.each([
    ['is another format', withByte(1024, 0)],
    ['is of another version', vmdkStream({ version: 2 })],
    ['names another descriptor', vmdkStream({ descriptorAt: 4n })],
    ['has no capacity of its own', vmdkStream({ capacity: 0n })],
    ['announces another footer', vmdkStream({ directory: DIRECTORY_AT_END })],
    ['follows another marker', withByte(1536 - 12, 2)],
    ['follows a marker with more in it', withByte(1536 - 100, 1)],
    ['is not followed by the end', withByte(512 - 12, 1)],
    ['is followed by an end with more in it', withByte(512, 1)],
    ['does not end with a sector, so that others look elsewhere', Buffer.concat([whole, Buffer.alloc(100)])],
    ['is missing', whole.subarray(0, -1536)],
  ])('fails where it %s', (_what, data) => {
    expect(checks(data)).toEqual(['vmdk footer']);
  });
});
