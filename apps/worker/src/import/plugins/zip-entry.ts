import { promisify } from 'node:util';
import type { Readable } from 'node:stream';
import { open, type Entry, type ZipFile } from 'yauzl';
import { ImportPluginFailed } from '../import.errors.js';

const NAME = 'image_decompression';
const openZip = promisify<string, { lazyEntries: true; autoClose: false; validateEntrySize: true; decodeStrings: false }, ZipFile>(open);

/** The bytes of an archive's only file. Its name means nothing: it is never used for a path. */
export async function onlyEntry(file: string): Promise<Readable> {
  const zip = await openZip(file, { lazyEntries: true, autoClose: false, validateEntrySize: true, decodeStrings: false });
  try {
    if (zip.entryCount !== 1) throw new ImportPluginFailed(NAME, `the archive contains ${zip.entryCount} files; it must be one.`);
    const entry = await firstEntry(zip);
    if (entry.isEncrypted()) throw new ImportPluginFailed(NAME, 'the file in the archive is encrypted.');
    const stream = await promisify<Entry, Readable>((one, done) => zip.openReadStream(one, done))(entry);
    stream.once('close', () => zip.close());
    return stream;
  } catch (error) {
    zip.close();
    throw error;
  }
}

function firstEntry(zip: ZipFile): Promise<Entry> {
  const { promise, resolve, reject } = Promise.withResolvers<Entry>();
  zip.once('entry', resolve).once('error', reject).once('end', () => reject(new ImportPluginFailed(NAME, 'the archive has no file.')));
  zip.readEntry();
  return promise;
}
