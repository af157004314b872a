import { closeSync, constants, fstatSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { BadPolicyFile } from './policy-file.errors.js';

/** Where rules of the operator may be: of each list of places the first that is there counts. */
export interface PolicyPlaces {
  readonly file: readonly string[];
  /** Folders of more files, which win over the file, and later ones over earlier ones. */
  readonly directories: readonly (readonly string[])[];
}

/** What there is: files, weakest first, and a text that differs where one of them does. */
export interface Found {
  readonly files: readonly string[];
  readonly mark: string;
  /** Milliseconds since 1970; 0 without files. */
  readonly changedAt: number;
}

/** Bytes; larger files are refused. */
const MAX_SIZE = 4 * 1024 * 1024;

export function lookFor({ file, directories }: PolicyPlaces): Found {
  const first = firstThere(file);
  const folders = directories.flatMap((places) => firstThere(places) ?? []);
  const files = [...(first === undefined ? [] : [first]), ...folders.flatMap(filesOf)];
  const looks = files.map((path) => ({ path, stat: statOf(path) }));
  return {
    files,
    mark: looks.map(({ path, stat }) => `${path} ${stat ? `${stat.ino} ${stat.size} ${stat.mtimeNs} ${stat.ctimeNs}` : 'gone'}`).join('\n'),
    changedAt: looks.reduce((latest, { stat }) => Math.max(latest, stat ? Number(stat.ctimeMs) : 0), 0),
  };
}

const firstThere = (places: readonly string[]): string | undefined => places.find((place) => statOf(place) !== undefined);

function statOf(path: string) {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch {
    // Below something that is no folder, or may not be looked into: as good as not there.
    return undefined;
  }
}

/** All but hidden ones, in the order of their names. */
function filesOf(folder: string): string[] {
  try {
    const entries = readdirSync(folder).filter((name) => !name.startsWith('.')).toSorted();
    return entries.map((name) => join(folder, name)).filter((path) => !statOf(path)?.isDirectory());
  } catch (error) {
    throw new BadPolicyFile(folder, `the folder cannot be read: ${reasonOf(error)}`);
  }
}

/** Fails with `BadPolicyFile`. */
export function contentOf(file: string): string {
  let bytes: Buffer;
  try {
    bytes = read(file);
  } catch (error) {
    throw error instanceof BadPolicyFile ? error : new BadPolicyFile(file, `it cannot be read: ${reasonOf(error)}`);
  }
  if (bytes.length > MAX_SIZE) throw new BadPolicyFile(file, `it is larger than ${MAX_SIZE} bytes`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new BadPolicyFile(file, 'it is not UTF-8');
  }
}

/** At most a little more than allowed, and never waiting, whatever kind of file it is. */
function read(file: string): Buffer {
  const fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile() && !stat.isCharacterDevice()) throw new BadPolicyFile(file, 'it is not a file');
    const chunks: Buffer[] = [];
    for (let size = 0; size <= MAX_SIZE; ) {
      const chunk = Buffer.allocUnsafe(65_536);
      const length = readSync(fd, chunk);
      if (length === 0) break;
      chunks.push(chunk.subarray(0, length));
      size += length;
    }
    return Buffer.concat(chunks);
  } finally {
    closeSync(fd);
  }
}

function reasonOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'there is no such file';
  return code === 'EACCES' ? 'no permission to read it' : String(error);
}
