import { fixedVhd, gpt, iso, luks, mbr, MIB, qcow2, qed, vdi, vmdk } from './formats.fixture.js';
import { UploadInspection } from './upload-inspection.js';
import type { FormatOptions } from './judge-format.js';

const OPTIONS: FormatOptions = { requireMatch: true, vmdkAllowedTypes: ['monolithicSparse'], gptChecksNonfatal: [] };
const flat = Buffer.from('# Disk DescriptorFile\nversion=1\ncreateType="monolithicFlat"\nRW 1 FLAT "/etc/passwd" 0\n');
const withDataFile = qcow2({ features: 0b100n });
const text = Buffer.from('hello');

function judged(diskFormat: string, data: Buffer, options: Partial<FormatOptions> = {}, containerFormat = 'bare') {
  const inspection = new UploadInspection({ diskFormat, containerFormat }, { ...OPTIONS, ...options });
  inspection.feed(data);
  inspection.end();
  return inspection.verdict;
}

describe('data is taken', () => {
  it.each([
    ['qcow2', 'qcow2', qcow2(), MIB],
    ['vmdk', 'vmdk', vmdk(), MIB],
    ['gpt', 'gpt', gpt(), 2048],
    ['luks', 'luks', luks(), 6144],
    ['iso', 'iso', iso(), 40_960],
    ['iso', 'an ISO whose length is not said', iso({ blocks: 0 }), null],
    ['iso', 'an ISO that boots as a disk', Buffer.concat([gpt(), iso().subarray(2048)]), 40_960],
    ['vhd', 'a fixed VHD', fixedVhd(Buffer.alloc(4096)), 4096],
    ['vhd', 'a fixed VHD of a partitioned disk', fixedVhd(gpt()), 2048],
    ['vhd', 'a fixed VHD of a disk whose partition table fails', fixedVhd(mbr()), 2048],
    ['raw', 'text', text, 5],
    ['raw', 'qcow2', qcow2(), 1024],
    ['raw', 'a GPT disk', gpt(), 2048],
    ['raw', 'a fixed VHD', fixedVhd(Buffer.alloc(4096)), 4608],
    ['raw', 'an ISO that boots as a disk', Buffer.concat([mbr(), iso().subarray(2048)]), 40_960],
    ['ami', 'text', text, null],
    ['ploop', 'text', text, null],
  ])('as %s: %s', (diskFormat, _what, data, virtualSize) => {
    expect(judged(diskFormat, data)).toEqual({ virtualSize, warnings: [] });
  });

  it.each(['raw', 'qcow2', 'vmdk', 'iso', 'vhd', 'ami'])('as %s where there is none', (diskFormat) => {
    expect(judged(diskFormat, Buffer.alloc(0))).toEqual({ virtualSize: null, warnings: [] });
  });

  it.each(['ova', 'ovf', 'docker', 'compressed'])('uninspected in a container %s', (container) => {
    expect(judged('qcow2', flat, {}, container)).toEqual({ virtualSize: null, warnings: [] });
  });
});

describe('data is refused', () => {
  it.each([
    ['qcow2', 'raw', text],
    ['qcow2', 'vmdk', vmdk()],
    ['vmdk', 'qcow2', qcow2()],
    ['vdi', 'raw', Buffer.alloc(MIB)],
    ['vhd', 'raw', Buffer.alloc(MIB)],
    ['vhd', 'gpt', gpt()],
    ['vhd', 'qcow2', fixedVhd(qcow2())],
    ['iso', 'gpt', gpt()],
    ['gpt', 'iso', Buffer.concat([gpt(), iso().subarray(2048)])],
    ['ami', 'qcow2', qcow2()],
    ['ami', 'gpt', gpt()],
    ['raw', 'several formats at once: qcow2, iso', Buffer.concat([qcow2(), iso().subarray(1024)])],
    ['iso', 'several formats at once: qcow2, iso', Buffer.concat([qcow2(), iso().subarray(1024)])],
  ])('row 23: as %s, naming it and what was detected: %s', (diskFormat, detected, data) => {
    const refusal = expect(() => judged(diskFormat, data));
    refusal.toThrow(expect.objectContaining({ code: 'FormatMismatch', declared: diskFormat }));
    refusal.toThrow(`disk_format ${diskFormat} does not match the data, which was detected as ${detected}.`);
  });

  it.each([
    ['CVE-2024-32498', 'qcow2', withDataFile, 'data_file'],
    ['CVE-2024-32498', 'raw', withDataFile, 'data_file'],
    ['CVE-2015-5163', 'raw', qcow2({ backing: 112 }), 'backing_file'],
    ['CVE-2022-47951', 'vmdk', flat, 'create_type'],
    ['CVE-2022-47951', 'raw', flat, 'extents'],
    ['a banned format', 'raw', qed(), 'banned'],
    ['a banned format', 'qed', qed(), 'banned'],
    ['a disk without partitions', 'gpt', mbr(), 'mbr'],
    ['a disk without partitions', 'raw', mbr(), 'mbr'],
  ])('%s: as %s, naming the check', (_what, diskFormat, data, check) => {
    const refusal = expect(() => judged(diskFormat, data));
    refusal.toThrow(expect.objectContaining({ code: 'UnsafeImage' }));
    refusal.toThrow(`safety checks: ${check === 'extents' ? 'create_type' : check} (`);
    refusal.toThrow(check);
  });
});

describe('the operator', () => {
  it('lets named checks of partition tables pass, with a warning', () => {
    expect(judged('raw', mbr(), { gptChecksNonfatal: ['mbr'] })).toMatchObject({ virtualSize: 2048, warnings: [expect.stringContaining('mbr')] });
    expect(() => judged('raw', mbr(), { gptChecksNonfatal: ['gptmbr'] })).toThrow(expect.objectContaining({ code: 'UnsafeImage' }));
  });

  it('cannot let checks of other formats pass so', () => {
    expect(() => judged('qcow2', withDataFile, { gptChecksNonfatal: ['data_file'] })).toThrow(expect.objectContaining({ code: 'UnsafeImage' }));
  });

  it.each([
    ['vdi', text],
    ['ami', gpt()],
    ['vhd', mbr()],
    ['iso', vdi()],
  ])('row 23: lets %s be what it is not, with a warning', (diskFormat, data) => {
    expect(judged(diskFormat, data, { requireMatch: false })).toEqual({ virtualSize: null, warnings: [expect.stringContaining(`disk_format ${diskFormat} does not match`)] });
  });

  it.each([
    ['qcow2', withDataFile],
    ['vmdk', withDataFile],
    ['ami', flat],
  ])('CVE-2024-32498: does not let unsafe data pass as %s with it', (diskFormat, data) => {
    expect(() => judged(diskFormat, data, { requireMatch: false })).toThrow(expect.objectContaining({ code: 'UnsafeImage' }));
  });
});
