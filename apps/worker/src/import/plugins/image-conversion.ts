import { createReadStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { UploadInspection, type FormatOptions } from '#images';
import { ImportPluginFailed } from '../import.errors.js';
import { freshTarget, type ImportPlugin, type PluginOptions } from './import-plugin.js';
import { missingTools, qemuImg, type Limits } from './qemu-img.js';

const NAME = 'image_conversion';
/** What oslo lets `qemu-img info` have in Glance: 2 s of processor time and 1 GiB. */
const LOOK: Limits = { cpuSeconds: 2, memory: 1024 ** 3, fileSize: 0, seconds: 30 };

/** Glance's formats that can be converted, by qemu's names. */
const QEMU: Readonly<Record<string, string>> = { raw: 'raw', qcow2: 'qcow2', vmdk: 'vmdk', vdi: 'vdi', vhd: 'vpc', vhdx: 'vhdx', qed: 'qed' };

interface Info {
  readonly format?: string;
  readonly 'virtual-size'?: number;
  readonly 'backing-filename'?: string;
  readonly 'format-specific'?: { readonly data?: { readonly 'data-file'?: string; readonly 'create-type'?: string; readonly extents?: readonly { readonly filename?: string }[] } };
}

/** Brings disks into one format. Our own inspection goes first and comes last: no tool opens what is not what it says. */
export function conversion({ conversion: own, formats, maxSize }: PluginOptions): ImportPlugin {
  const missing = missingTools();
  if (missing.length > 0) throw new Error(`[image_import_opts] image_import_plugins has image_conversion, which needs ${missing.join(', ')}: install qemu-utils and util-linux, or leave it out.`);
  const limits: Limits = { cpuSeconds: own.cpuSeconds, memory: own.memory, fileSize: maxSize, seconds: own.seconds };
  return {
    name: NAME,
    async run(file, { diskFormat, containerFormat }, signal) {
      if (diskFormat === 'iso' || containerFormat !== 'bare') return {};
      const source = QEMU[diskFormat ?? ''];
      if (source === undefined || diskFormat === null) throw new ImportPluginFailed(NAME, `there is no conversion from disk_format ${diskFormat}.`);
      await inspect(file, diskFormat, formats, signal);
      const info = await look(file, source, signal);
      const virtualSize = refuse(info, source, formats, maxSize);
      if (diskFormat === own.format) return { virtualSize };
      await convert(file, [source, QEMU[own.format] ?? own.format], limits, signal);
      await inspect(file, own.format, formats, signal);
      return { diskFormat: own.format, containerFormat: 'bare', virtualSize };
    },
  };
}

async function inspect(file: string, diskFormat: string, formats: FormatOptions, signal: AbortSignal): Promise<void> {
  const inspection = new UploadInspection({ diskFormat, containerFormat: 'bare' }, { ...formats, requireMatch: true });
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 })) {
    signal.throwIfAborted();
    inspection.feed(chunk as Buffer);
  }
  inspection.end();
}

async function look(file: string, format: string, signal: AbortSignal): Promise<Info> {
  const text = await tool(['info', '-f', format, '--output=json', file], LOOK, signal);
  try {
    return JSON.parse(text) as Info;
  } catch (error) {
    throw new ImportPluginFailed(NAME, 'qemu-img told nothing of the data that can be read.', error);
  }
}

/** Answers the size of the disk in bytes. */
function refuse(info: Info, format: string, { vmdkAllowedTypes }: FormatOptions, maxSize: number): number {
  const no = (why: string) => new ImportPluginFailed(NAME, why);
  const specific = info['format-specific']?.data;
  const size = info['virtual-size'] ?? 0;
  if (info.format !== format) throw no(`the data is ${String(info.format)} to qemu-img, not ${format}.`);
  if (info['backing-filename'] !== undefined) throw no('images with backing files are not allowed.');
  if (specific?.['data-file'] !== undefined) throw no('images with a data-file are not allowed.');
  if (format === 'vmdk') {
    const type = specific?.['create-type'] ?? '';
    if (!vmdkAllowedTypes.some((one) => one.toLowerCase() === type.toLowerCase())) throw no(`VMDK create-type ${type} is not one of [image_format] vmdk_allowed_types.`);
  }
  if (size > maxSize) throw no(`the disk has ${size} bytes, more than the ${maxSize} that an image may have ([DEFAULT] image_size_cap).`);
  return size;
}

async function convert(file: string, [from, to]: readonly [string, string], limits: Limits, signal: AbortSignal): Promise<void> {
  const target = await freshTarget(file);
  try {
    await tool(['convert', '-f', from, '-O', to, ...(to === 'vmdk' ? ['-o', 'subformat=streamOptimized'] : []), file, target], limits, signal);
    await rename(target, file);
  } catch (error) {
    await rm(target, { force: true });
    throw error;
  }
}

async function tool(args: readonly string[], limits: Limits, signal: AbortSignal): Promise<string> {
  try {
    return await qemuImg(args, limits, signal);
  } catch (error) {
    signal.throwIfAborted();
    throw new ImportPluginFailed(NAME, withoutPaths(error instanceof Error ? error.message : String(error), args), error);
  }
}

/** The owner of an image reads this; where the service keeps its files is not for them. */
const withoutPaths = (text: string, args: readonly string[]): string =>
  args.filter(isAbsolute).toSorted((a, b) => b.length - a.length).reduce((left, path) => left.replaceAll(path, 'the image'), text);
