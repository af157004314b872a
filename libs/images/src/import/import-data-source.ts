import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { FinishStaging, type ImportOutcome } from '../image/import-data.js';
import type { ImageDataStaged } from '../image/import.events.js';
import { withinQuota } from '../image/quotas.js';
import { StagedDataGone } from '../image/import.errors.js';
import type { ImportOf, ImportParts } from './import-attempt.js';
import type { ImportSource } from './import-help.js';
import { readableCopy } from './readable-copy.js';
import { RemoteImageUnusable } from './remote-image.errors.js';

/** The bytes that every store gets, and what the image becomes with them. */
export interface ImportData {
  readonly size: number;
  /** From the first byte, as often as it is called. */
  read(): Promise<AsyncIterable<Uint8Array>>;
  readonly diskFormat: string | null;
  readonly containerFormat: string | null;
  /** Bytes; undefined: as the data says itself. */
  readonly virtualSize?: number | null;
  readonly changes: Pick<ImportOutcome, 'attributes' | 'properties'>;
  /** What the bytes must be; absent: it is learned from them. */
  readonly expected?: { readonly osHashAlgo: string; readonly osHashValue: string };
  close(): Promise<void>;
}

const BLOCK = 1024 * 1024;

export async function openImportData(parts: ImportParts, of: ImportOf): Promise<ImportData> {
  return of.task.method === 'copy-image' ? readableCopy(parts, of) : stagedData(parts, of);
}

async function stagedData(parts: ImportParts, of: ImportOf): Promise<ImportData> {
  const { staging } = parts.stores;
  const fetched = await staged(parts, of);
  const url = parts.options.decryptLocation(fetched.url);
  const source = fetched.source;
  const { image } = of;
  const diskFormat = source?.diskFormat === undefined ? image.diskFormat : source.diskFormat;
  const containerFormat = source?.containerFormat === undefined ? image.containerFormat : source.containerFormat;
  const properties = source?.properties ?? {};
  const changes = { ...changed(of, diskFormat, containerFormat), properties };
  const plain: ImportData = { size: fetched.size, read: () => staging.read(url), diskFormat, containerFormat, changes, close: async () => undefined };
  if (parts.help.transforms && of.task.method !== 'copy-from') return transformed(parts, of, plain, url);
  holdToQuota(parts, of, properties);
  return plain;
}

async function transformed({ stores, help, options }: ImportParts, of: ImportOf, before: ImportData, url: string): Promise<ImportData> {
  const { image, task, held } = of;
  const file = await stores.staging.workFile(url, { imageId: image.id, uploadId: task.uploadId });
  const close = () => rm(file, { force: true });
  try {
    const { changes, diskFormat, containerFormat } = before;
    const properties = { ...image.properties, ...changes.properties };
    const after = await help.transform(file, { image, task, diskFormat, containerFormat, properties }, held.signal);
    const set = { ...changes.properties, ...after.properties };
    holdToQuota({ options }, of, set);
    const formats = { diskFormat: after.diskFormat ?? diskFormat, containerFormat: after.containerFormat ?? containerFormat };
    return {
      ...formats,
      size: (await stat(file)).size,
      read: async () => createReadStream(file, { highWaterMark: BLOCK }),
      ...(after.virtualSize === undefined ? {} : { virtualSize: after.virtualSize }),
      changes: { ...changed(of, formats.diskFormat, formats.containerFormat), properties: set },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** As a client's own PATCH is: only new properties can be too many. */
function holdToQuota({ options }: Pick<ImportParts, 'options'>, { image }: ImportOf, set: Readonly<Record<string, string>>): void {
  if (Object.keys(set).every((name) => name in image.properties)) return;
  withinQuota('properties', Object.keys({ ...image.properties, ...set }).length, options.quotas.properties);
}

function changed({ image }: ImportOf, diskFormat: string | null, containerFormat: string | null): Pick<ImportOutcome, 'attributes'> {
  return {
    attributes: {
      ...(diskFormat === image.diskFormat ? {} : { diskFormat }),
      ...(containerFormat === image.containerFormat ? {} : { containerFormat }),
    },
  };
}

type Staged = Pick<ImageDataStaged['data'], 'size' | 'url'> & { readonly source?: ImportSource };

/** What was staged before, by the client or by a process that died, as long as it is here; else it is fetched. */
async function staged(parts: ImportParts, of: ImportOf): Promise<Staged> {
  const { image: { staged: known }, task: { method } } = of;
  const { staging } = parts.stores;
  const here = known && (known.node === undefined || known.node === staging.node);
  // What a source says of the image is not kept with its bytes.
  if (here && method !== 'glance-download' && (await isWhole(parts, known))) return known;
  if (method === 'glance-direct') throw new StagedDataGone(known?.node);
  return fetched(parts, of);
}

async function isWhole({ stores: { staging }, options }: ImportParts, { url, size }: ImageDataStaged['data']): Promise<boolean> {
  return staging.size(options.decryptLocation(url)).then((found) => found === size, () => false);
}

async function fetched({ bus, stores: { staging }, options, help }: ImportParts, { context, image, task, held }: ImportOf): Promise<Staged> {
  const attempt = { imageId: image.id, uploadId: task.uploadId };
  // A server whose clients import nothing themselves has made no staging area at its start.
  if (task.method === 'copy-from') await staging.check();
  await staging.discard(attempt, true);
  const source = await help.open(image, task, task.source === undefined ? undefined : options.decryptLocation(task.source), held.signal);
  const stored = await staging.put({
    attempt, source: source.body, maxSize: options.imageSizeCap, ...(source.size === undefined ? {} : { expectedSize: source.size }),
    hashAlgorithm: source.expected?.osHashAlgo ?? options.hashingAlgorithm, mayReplace: async () => false, signal: held.signal,
  });
  if (source.expected && source.expected.osHashValue !== stored.osHashValue) throw new RemoteImageUnusable('What came is not what the hash of the source image says.');
  const url = options.encryptLocation(stored.url);
  await bus.execute(new FinishStaging(context, image.id, {
    uploadId: task.uploadId, size: stored.size, store: staging.id, url, ...(staging.node === undefined ? {} : { node: staging.node }),
  }));
  return { size: stored.size, url, source };
}
