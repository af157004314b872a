import { pipeline, Transform, type Readable } from 'node:stream';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
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
    if (!isRegular(entry)) throw new ImportPluginFailed(NAME, 'what the archive contains is no regular file.');
    const stream = await promisify<Entry, Readable>((one, done) => zip.openReadStream(one, done))(entry);
    return pipeline(stream, checked(entry), () => zip.close());
  } catch (error) {
    zip.close();
    throw error;
  }
}

const UNIX = 3;
const FILE_TYPE = 0o170000;
const REGULAR = 0o100000;

/** A folder's name ends in a slash; archivers of Unix tell the type of the file too, or nothing. */
function isRegular({ fileName, versionMadeBy, externalFileAttributes }: Entry): boolean {
  if (Buffer.from(fileName).at(-1) === 0x2f) return false;
  const type = versionMadeBy >>> 8 === UNIX ? (externalFileAttributes >>> 16) & FILE_TYPE : 0;
  return type === 0 || type === REGULAR;
}

/** yauzl looks at sizes only. */
function checked(entry: Entry): Transform {
  let sum = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sum = crc32(chunk, sum);
      done(null, chunk);
    },
    flush: (done) => done(sum === entry.crc32 ? null : new ImportPluginFailed(NAME, 'the data in the archive does not match its checksum.')),
  });
}

function firstEntry(zip: ZipFile): Promise<Entry> {
  const { promise, resolve, reject } = Promise.withResolvers<Entry>();
  zip.once('entry', resolve).once('error', reject).once('end', () => reject(new ImportPluginFailed(NAME, 'the archive has no file.')));
  zip.readEntry();
  return promise;
}
