import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { Image, ImageImport, Transformable } from '#images';
import type { PluginName, PluginOptions } from './import-plugin.js';
import { openPlugins, runPlugins } from './plugins.js';

const MIB = 1024 * 1024;
const by = { user: 'u', project: 'p', roles: ['member'], admin: false, requestId: null };
const subject = (diskFormat: string, more: Partial<Transformable> = {}): Transformable =>
  ({ image: { id: 'i' } as Image, task: { by } as unknown as ImageImport, diskFormat, containerFormat: 'bare', properties: {}, ...more });

const OPTIONS: Omit<PluginOptions, 'names'> = {
  maxSize: 64 * MIB,
  formats: { requireMatch: true, vmdkAllowedTypes: ['streamOptimized', 'monolithicSparse'], gptChecksNonfatal: [] },
  decompression: { maxRatio: 500, ratioFrom: 64 * MIB },
  conversion: { format: 'raw', cpuSeconds: 60, seconds: 60, memory: 2 * 1024 ** 3 },
  inject: { properties: { from: 'us', os_glance_x: 'no', owner: 'me' }, ignoreRoles: ['Admin'] },
};

let dir: string;
let file: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'afterimage-plugins-'));
  file = join(dir, 'staged');
});

const run = (names: readonly PluginName[], image: Transformable, options: Partial<PluginOptions> = {}, signal = new AbortController().signal) =>
  runPlugins(openPlugins({ ...OPTIONS, ...options, names }), file, image, signal);
const qemu = (...args: string[]) => execFileSync('qemu-img', args, { stdio: 'pipe' });
const processes = () => execFileSync('sh', ['-c', 'pgrep -ax qemu-img || true']).toString();
const left = async () => (await readdir(dir)).toSorted();

describe('image_decompression', () => {
  const DATA = Buffer.alloc(300_000, 'disk');

  /** `name` and data, `times` over, as they stand in an archive that is not compressed. */
  function zipOf(entries: readonly { readonly name: string; readonly data: Buffer }[]): Promise<void> {
    const script = 'import sys, zipfile, base64, json\nz = zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED)\nfor name, data in json.loads(sys.stdin.read()): z.writestr(name, base64.b64decode(data))\nz.close()';
    execFileSync('/usr/bin/python3', ['-c', script, file], { input: JSON.stringify(entries.map(({ name, data }) => [name, data.toString('base64')])) });
    return Promise.resolve();
  }

  it.each([
    ['gzip', () => writeFile(file, gzipSync(DATA))],
    ['gzip in two members', () => writeFile(file, Buffer.concat([gzipSync(DATA.subarray(0, 1000)), gzipSync(DATA.subarray(1000))]))],
    ['zip', () => zipOf([{ name: 'disk.raw', data: DATA }])],
    ['zip whose file wants to be elsewhere', () => zipOf([{ name: '../../../../tmp/x', data: DATA }])],
    ['nothing', () => writeFile(file, DATA)],
  ])('leaves the bytes that were in %s', async (_, make) => {
    await make();
    expect(await run(['image_decompression'], subject('raw'))).toEqual({});
    expect([(await readFile(file)).equals(DATA), await left()]).toEqual([true, ['staged']]);
  });

  it('begins anew where a process was killed in the middle', async () => {
    file = join(dir, 'i.u-work.part');
    await writeFile(file, gzipSync(DATA));
    await writeFile(join(dir, 'i.u-work-new.part'), 'half');
    await run(['image_decompression'], subject('raw'));
    expect([(await readFile(file)).equals(DATA), await left()]).toEqual([true, ['i.u-work.part']]);
  });

  it('leaves what a compressed container holds as it is', async () => {
    const packed = gzipSync(DATA);
    await writeFile(file, packed);
    await run(['image_decompression'], subject('raw', { containerFormat: 'compressed' }));
    expect((await readFile(file)).equals(packed)).toBe(true);
  });

  it.each<[string, () => Promise<void>, RegExp]>([
    ['a gzip bomb (decompression bombs, zip path tricks)', () => writeFile(file, gzipSync(Buffer.alloc(65 * MIB))), /image_size_cap/],
    ['a zip bomb', () => zipOf([{ name: 'a', data: Buffer.alloc(65 * MIB) }]), /image_size_cap/],
    ['a gzip that ends too early', () => writeFile(file, gzipSync(DATA).subarray(0, 200)), /cannot be decompressed/],
    ['a gzip of nonsense', () => writeFile(file, Buffer.from([0x1f, 0x8b, 0x08, 1, 2, 3, 4, 5])), /cannot be decompressed/],
    ['a zip of nonsense', () => writeFile(file, 'PK\x03\x04 and no more'), /cannot be decompressed/],
    ['a zip of two files', () => zipOf([{ name: 'a', data: DATA }, { name: 'b', data: DATA }]), /contains 2 files/],
    ['a zip of a folder', () => zipOf([{ name: 'a/', data: Buffer.alloc(0) }]), /no regular file/],
    ['a zip of a symbolic link', async () => {
      await zipOf([{ name: 'a', data: Buffer.from('/etc/passwd') }]);
      const zip = await readFile(file);
      zip.writeUInt32LE((0o120777 << 16) >>> 0, zip.indexOf('PK\x01\x02') + 38);
      await writeFile(file, zip);
    }, /no regular file/],
    ['a zip whose data is not what its checksum says', async () => {
      await zipOf([{ name: 'a', data: DATA }]);
      const zip = await readFile(file);
      const at = zip.indexOf('PK\x01\x02') + 16;
      zip.writeUInt32LE((zip.readUInt32LE(at) ^ 1) >>> 0, at);
      await writeFile(file, zip);
    }, /checksum/],
    ['an LHA archive', () => writeFile(file, 'ab-lh5-'), /LHA/],
  ])('refuses %s and leaves no file', async (_, make, why) => {
    await make();
    await expect(run(['image_decompression'], subject('raw'))).rejects.toThrow(why);
    expect(await left()).toEqual(['staged']);
  }, 60_000);

  it('refuses what unpacks to too many times its size, once it is large (decompression bombs, zip path tricks)', async () => {
    await writeFile(file, gzipSync(Buffer.alloc(2 * MIB)));
    const from = (ratioFrom: number) => run(['image_decompression'], subject('raw'), { decompression: { maxRatio: 100, ratioFrom } });
    await expect(from(MIB)).rejects.toThrow(/max_ratio/);
    expect(await left()).toEqual(['staged']);
    expect(await from(2 * MIB)).toEqual({});
  });
});

describe('inject_image_metadata', () => {
  it('sets properties for callers without an ignored role, and none of the service\'s own, nor an attribute', async () => {
    expect(await run(['inject_image_metadata'], subject('raw'))).toEqual({ properties: { from: 'us' } });
    const admin = subject('raw', { task: { by: { ...by, roles: ['member', 'ADMIN'] } } as unknown as ImageImport });
    expect(await run(['inject_image_metadata'], admin)).toEqual({});
  });
});

describe('image_conversion', () => {
  const convert = (image: Transformable, options: Partial<PluginOptions> = {}, signal?: AbortSignal) => run(['image_conversion'], image, options, signal);

  async function disk(format: string, ...more: string[]): Promise<Buffer> {
    const raw = join(dir, 'raw');
    const data = Buffer.alloc(MIB);
    data.write('the data of a disk', 4096);
    await writeFile(raw, data);
    qemu('convert', '-f', 'raw', '-O', format, ...more, raw, file);
    execFileSync('rm', [raw]);
    return data;
  }

  it.each([['qcow2', 'qcow2', []], ['vmdk', 'vmdk', ['-o', 'subformat=streamOptimized']], ['vhdx', 'vhdx', []], ['vdi', 'vdi', []]] as const)('makes raw of %s', async (diskFormat, format, more) => {
    const data = await disk(format, ...more);
    const changes = await convert(subject(diskFormat));
    expect(changes).toMatchObject({ diskFormat: 'raw', containerFormat: 'bare' });
    expect((await readFile(file)).subarray(0, MIB).equals(data)).toBe(true);
    expect([changes.virtualSize ?? 0, await left()]).toEqual([(await stat(file)).size, ['staged']]);
  }, 60_000);

  it('makes qcow2 of raw, and leaves what is in the format already, and an iso', async () => {
    await writeFile(file, Buffer.alloc(MIB, 'x'));
    const toQcow2 = { conversion: { ...OPTIONS.conversion, format: 'qcow2' } };
    expect(await convert(subject('raw'), toQcow2)).toEqual({ diskFormat: 'qcow2', containerFormat: 'bare', virtualSize: MIB });
    expect((await readFile(file)).subarray(0, 4)).toEqual(Buffer.from('QFI\xfb', 'latin1'));
    const before = await readFile(file);
    expect(await convert(subject('qcow2'), toQcow2)).toEqual({ virtualSize: MIB });
    expect(await convert(subject('iso'))).toEqual({});
    expect((await readFile(file)).equals(before)).toBe(true);
  }, 60_000);

  it('CVE-2015-5163: refuses a backing file before any tool opens the image', async () => {
    await writeFile(join(dir, 'base'), Buffer.alloc(MIB));
    qemu('create', '-f', 'qcow2', '-b', join(dir, 'base'), '-F', 'raw', file);
    await expect(convert(subject('qcow2'))).rejects.toThrow(/backing/i);
    expect(await left()).toEqual(['base', 'staged']);
  });

  it('CVE-2024-32498: refuses an external data file, and raw data that is a qcow2 inside', async () => {
    qemu('create', '-f', 'qcow2', '-o', `data_file=${join(dir, 'data')}`, file, '1M');
    await expect(convert(subject('qcow2'))).rejects.toThrow(/data.?file/i);
    await disk('qcow2');
    await expect(convert(subject('vmdk'))).rejects.toThrow(/does not match/);
  });

  it('CVE-2022-47951: refuses a VMDK descriptor that points at another file', async () => {
    const descriptor = '# Disk DescriptorFile\nversion=1\nCID=fffffffe\nparentCID=ffffffff\ncreateType="monolithicFlat"\n\nRW 2048 FLAT "/etc/passwd" 0\n';
    await writeFile(file, descriptor.padEnd(2 * MIB, '\0'));
    await expect(convert(subject('vmdk'))).rejects.toThrow(/vmdk/i);
    await disk('vmdk', '-o', 'subformat=streamOptimized');
    await expect(convert(subject('vmdk'), { formats: { ...OPTIONS.formats, vmdkAllowedTypes: [] } })).rejects.toThrow(/vmdk/i);
  });

  it('refuses a disk larger than an image may be, and a format that is no disk\'s', async () => {
    qemu('create', '-f', 'qcow2', file, '1T');
    await expect(convert(subject('qcow2'))).rejects.toThrow(/image_size_cap/);
    await expect(convert(subject('ami'))).rejects.toThrow(/no conversion from disk_format ami/);
    expect(await left()).toEqual(['staged']);
  });

  it('CVE-2015-5162: ends a tool that takes too long or too much', async () => {
    await disk('qcow2');
    const one = { conversion: { ...OPTIONS.conversion, memory: 10 * MIB } };
    await expect(convert(subject('qcow2'), one)).rejects.toThrow(/image_conversion/);
    await writeFile(file, randomBytes(8 * MIB));
    await withSlowTool(() => expect(convert(subject('raw'), { conversion: { ...OPTIONS.conversion, format: 'qcow2', seconds: 0.2 } })).rejects.toThrow(/took more than/));
    expect(await left()).toEqual(['staged']);
  });

  /** Finds, as long as `work` lasts, a real qemu-img too slow to end before the test does. */
  async function withSlowTool(work: () => Promise<void>): Promise<void> {
    const path = process.env['PATH'] ?? '';
    const tool = execFileSync('sh', ['-c', 'command -v qemu-img']).toString().trim();
    const folder = await mkdtemp(join(tmpdir(), 'afterimage-slow-'));
    const script = `#!/bin/sh\n[ "$1" = convert ] || exec ${tool} "$@"\nshift\nexec ${tool} convert -r 64K "$@"\n`;
    await writeFile(join(folder, 'qemu-img'), script, { mode: 0o755 });
    process.env['PATH'] = `${folder}:${path}`;
    try {
      await work();
    } finally {
      process.env['PATH'] = path;
      await rm(folder, { recursive: true });
    }
  }

  it('ends a conversion under way with its signal, and leaves no file and no process', async () => {
    await writeFile(file, randomBytes(60 * MIB));
    const control = new AbortController();
    await withSlowTool(async () => {
      const converted = convert(subject('raw'), { conversion: { ...OPTIONS.conversion, format: 'qcow2', seconds: 600 } }, control.signal);
      const over = converted.then(() => 'converted', (error: Error) => error.message);
      const target = join(dir, 'staged-new.part');
      while (!existsSync(target) || !processes().includes(target)) await setTimeout(20);
      control.abort(new Error('stop'));
      expect(await over).toBe('stop');
    });
    expect(await left()).toEqual(['staged']);
    expect(processes()).not.toContain(dir);
  }, 60_000);

  it('tells why qemu-img refuses, and not where the file is', async () => {
    qemu('create', '-f', 'qcow2', file, '1M');
    const header = await readFile(file);
    header.writeUInt32BE(0x1fffffff, 36);
    await writeFile(file, header);
    const failure = await convert(subject('qcow2')).then(() => '', (error: Error) => error.message);
    expect(failure).toMatch(/L1 table too large/);
    expect(failure).not.toContain(dir);
  });

  it('follows decompression, in the order that the operator says', async () => {
    await disk('qcow2');
    await writeFile(file, gzipSync(await readFile(file)));
    expect(await run(['image_decompression', 'image_conversion', 'inject_image_metadata'], subject('qcow2'))).toMatchObject({ diskFormat: 'raw', properties: { from: 'us' } });
    await disk('qcow2');
    await writeFile(file, gzipSync(await readFile(file)));
    await expect(run(['image_conversion', 'image_decompression'], subject('qcow2'))).rejects.toThrow(/does not match/);
  }, 60_000);
});
