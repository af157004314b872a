import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { ImportPluginFailed } from '../import.errors.js';
import { capped } from './capped.js';
import { freshTarget, type ImportPlugin, type PluginOptions } from './import-plugin.js';
import { onlyEntry } from './zip-entry.js';

const NAME = 'image_decompression';
const HEAD = 6;

type Opened = (file: string) => Promise<Readable> | Readable;

/** By their first bytes, as Glance tells them. */
const KINDS: readonly { readonly at: number; readonly magic: Buffer; readonly open: Opened }[] = [
  { at: 0, magic: Buffer.from('PK\x03\x04', 'latin1'), open: onlyEntry },
  { at: 0, magic: Buffer.from([0x1f, 0x8b, 0x08]), open: gunzipped },
  { at: 2, magic: Buffer.from('-lh'), open: refuseLha },
];

/** Unpacks gzip and zip; data that is neither stays, as does that of a container that says it is compressed. */
export const decompression = (options: PluginOptions): ImportPlugin => ({
  name: NAME,
  async run(file, { containerFormat }, signal) {
    if (containerFormat === 'compressed') return {};
    const head = await headOf(file);
    const kind = KINDS.find(({ at, magic }) => head.subarray(at, at + magic.length).equals(magic));
    if (kind) await unpack(file, kind.open, options, signal);
    return {};
  },
});

async function unpack(file: string, opened: Opened, options: PluginOptions, signal: AbortSignal): Promise<void> {
  const target = await freshTarget(file);
  try {
    const cap = capped(NAME, await most(file, options));
    const source = await opened(file);
    await pipeline(source, cap, createWriteStream(target, { flags: 'wx', mode: 0o640 }), { signal });
    await rename(target, file);
  } catch (error) {
    await rm(target, { force: true });
    signal.throwIfAborted();
    throw error instanceof ImportPluginFailed ? error : new ImportPluginFailed(NAME, `the data cannot be decompressed: ${error instanceof Error ? error.message : 'unknown'}`, error);
  }
}

/** The narrower of two bounds: an image's size, and how much larger than packed the data may be. */
async function most(file: string, { maxSize, decompression: { maxRatio, ratioFrom } }: PluginOptions) {
  const inProportion = Math.max(ratioFrom, (await stat(file)).size * maxRatio);
  return inProportion < maxSize ? { size: inProportion, option: '[image_decompression] max_ratio' } : { size: maxSize, option: '[DEFAULT] image_size_cap' };
}

function gunzipped(file: string): Readable {
  const source = createReadStream(file);
  const gunzip = createGunzip();
  source.on('error', (error) => gunzip.destroy(error));
  gunzip.on('close', () => source.destroy());
  return source.pipe(gunzip);
}

function refuseLha(): never {
  throw new ImportPluginFailed(NAME, 'LHA archives are not unpacked here; import the image as it is, or in a gzip or zip file.');
}

async function headOf(file: string): Promise<Buffer> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD), 0, HEAD, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
