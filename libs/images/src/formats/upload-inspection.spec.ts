import fc from 'fast-check';
import { INSPECTABLE } from './found-format.js';
import { dynamicVhd, fixedVhd, gpt, iso, luks, mbr, qcow2, qed, vdi, vhdx, vmdk, vmdkStream } from './formats.fixture.js';
import { FormatInspector } from './format-inspector.js';
import { judgeFormat, type FormatOptions } from './judge-format.js';
import { UploadInspection } from './upload-inspection.js';

const OPTIONS: FormatOptions = { requireMatch: true, vmdkAllowedTypes: ['streamOptimized', 'monolithicSparse'], gptChecksNonfatal: [] };
const MOST_HELD = 256 * 1024;
const CHUNK = Buffer.alloc(64 * 1024, 0xa5);

/** A verdict, or a refusal by its code and text. */
function told(judge: () => unknown): string {
  try {
    return JSON.stringify(judge());
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    return `${code}: ${message}`;
  }
}

/** What becomes of an upload in chunks that end where the cuts say. */
function outcome(diskFormat: string, data: Buffer, cuts: readonly number[] = []): string {
  const inspection = new UploadInspection({ diskFormat, containerFormat: 'bare' }, OPTIONS);
  const at = [0, ...cuts.map((cut) => cut % (data.length + 1)).sort((a, b) => a - b), data.length];
  return told(() => {
    for (let i = 1; i < at.length; i += 1) inspection.feed(data.subarray(at[i - 1], at[i]));
    inspection.end();
    return inspection.verdict;
  });
}

/** The same, judged only when everything is known. */
function outcomeAtEnd(diskFormat: string, data: Buffer): string {
  const inspector = new FormatInspector(OPTIONS.vmdkAllowedTypes);
  inspector.feed(data);
  return told(() => judgeFormat({ diskFormat, containerFormat: 'bare' }, inspector.finish(), OPTIONS));
}

const isTaken = (told: string): boolean => told.startsWith('{"virtualSize"');

/** Bytes until it is refused; undefined where no more of them would change that. */
function refusedAfter(diskFormat: string, head: Buffer): number | undefined {
  const inspection = new UploadInspection({ diskFormat, containerFormat: 'bare' }, OPTIONS);
  let seen = 0;
  try {
    for (const chunk of [head, ...Array.from({ length: 100 }, () => CHUNK)]) {
      seen += chunk.length;
      inspection.feed(chunk);
    }
  } catch {
    return seen;
  }
  return undefined;
}

const seeds = [
  qcow2(), qcow2({ backing: 9 }), qed(), vdi(), luks(), dynamicVhd(), fixedVhd(Buffer.alloc(3000)), iso(), gpt(), mbr(), vmdk(), vmdkStream(),
  Buffer.from('# Disk\nversion=1\ncreateType="vmfs"\n'), Buffer.concat([gpt(), iso().subarray(2048)]), Buffer.concat([qcow2(), iso().subarray(1024)]),
];

const edit = fc.record({ at: fc.nat(2048), bytes: fc.oneof(fc.uint8Array({ maxLength: 16 }), fc.constantFrom(new Uint8Array(8).fill(255), new Uint8Array(8), new Uint8Array([0, 0, 0, 0, 0, 0, 0, 1]))) });

/** A real header, damaged, cut or with more behind it; or anything. */
const data = fc.oneof(
  fc.uint8Array({ maxLength: 2000 }).map((bytes) => Buffer.from(bytes)),
  fc.tuple(fc.constantFrom(...seeds), fc.array(edit, { maxLength: 5 }), fc.nat(70_000), fc.nat(4)).map(([seed, edits, length, kept]) => {
    const bytes = Buffer.from(seed);
    for (const { at, bytes: replacement } of edits) Buffer.from(replacement).copy(bytes, Math.min(at, bytes.length));
    return kept === 0 ? bytes.subarray(0, length) : Buffer.concat([bytes, Buffer.alloc(kept === 1 ? length : 0, 0x41)]);
  }),
);
const declared = fc.constantFrom<string>(...INSPECTABLE, 'ami', '');

describe('inspecting an upload', () => {
  it('answers, or refuses for a reason, the same however the data is cut, whatever it is', () => {
    fc.assert(
      fc.property(declared, data, fc.array(fc.nat(80_000), { maxLength: 30 }), (diskFormat, bytes, cuts) => {
        const whole = outcome(diskFormat, bytes);
        expect(whole).toMatch(/^(\{"virtualSize"|FormatMismatch|UnsafeImage)/);
        expect(outcome(diskFormat, bytes, cuts)).toBe(whole);
      }),
      { numRuns: 2000 },
    );
  });

  it('does so for a VHDX, which is read in several places', () => {
    const change = fc.record({ at: fc.constantFrom(0x30000, 0x30008, 0x30010, 0x30020, 0x10_0000, 0x10_000a, 0x10_0020, 0x10_0030, 0x10_0040, 0x10_0050, 0x11_0004, 0x11_0008), value: fc.uint8Array({ minLength: 1, maxLength: 8 }) });
    const base = vhdx();
    fc.assert(
      fc.property(fc.array(change, { maxLength: 3 }), fc.array(fc.nat(base.length), { maxLength: 10 }), fc.constantFrom('vhdx', 'raw', 'vhd'), (changes, cuts, diskFormat) => {
        const bytes = Buffer.from(base);
        for (const { at, value } of changes) Buffer.from(value).copy(bytes, at);
        const whole = outcome(diskFormat, bytes);
        expect(whole).toMatch(/^(\{"virtualSize"|FormatMismatch|UnsafeImage)/);
        expect(outcome(diskFormat, bytes, cuts)).toBe(whole);
      }),
      { numRuns: 100 },
    );
  });

  it.each(['raw', 'qcow2', 'vhd', 'vmdk', 'iso'])('answers the same byte by byte, as %s', (diskFormat) => {
    for (const seed of seeds) expect(outcome(diskFormat, seed, Array.from({ length: seed.length }, (_, i) => i))).toBe(outcome(diskFormat, seed));
  });

  it('refuses early only what it would refuse at the end', () => {
    fc.assert(
      fc.property(declared, data, fc.nat(100_000), (diskFormat, bytes, more) => {
        const long = Buffer.concat([bytes, Buffer.alloc(more)]);
        expect(isTaken(outcome(diskFormat, long))).toBe(isTaken(outcomeAtEnd(diskFormat, long)));
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['qcow2', Buffer.from('no qcow2')],
    ['iso', gpt()],
    ['vmdk', Buffer.alloc(0)],
    ['vhd', qcow2()],
    ['ami', qcow2()],
    ['raw', qcow2({ features: 0b100n })],
    ['raw', vmdk('createType="monolithicFlat"')],
    ['vhdx', vhdx({ regions: 9999 }).subarray(0, 0x40000)],
  ])('CVE-2015-5162: refuses as %s data without end, as soon as it is certain', (diskFormat, head) => {
    expect(refusedAfter(diskFormat, head)).toBeLessThanOrEqual(Math.max(head.length, 512) + 3 * CHUNK.length);
  });

  it.each([
    ['raw', Buffer.from('anything')],
    ['qcow2', qcow2()],
    ['vhd', gpt()],
    ['vhd', Buffer.from('anything')],
    ['vmdk', vmdkStream()],
  ])('waits for the end of %s that may yet be right', (diskFormat, head) => {
    expect(refusedAfter(diskFormat, head)).toBeUndefined();
  });

  it('CVE-2015-5162: holds no more than 256 KiB, whatever the data says', () => {
    const big = vhdx({ items: 2047, regions: 2047, sizeAt: 0xffff_ffff });
    fc.assert(
      fc.property(fc.oneof(data, fc.constant(big), fc.constant(vmdk(undefined, { descriptorAt: 2n ** 64n - 1n }))), (bytes) => {
        const inspector = new FormatInspector([]);
        for (const chunk of [bytes, CHUNK, CHUNK]) {
          for (let at = 0; at < chunk.length; at += 1000) {
            inspector.feed(chunk.subarray(at, at + 1000));
            expect(inspector.held).toBeLessThanOrEqual(MOST_HELD);
          }
        }
      }),
      { numRuns: 50 },
    );
  });
});
