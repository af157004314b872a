import { lstat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Attempt, AttemptWriter, ByteRange, ListedObject, ListedPart, StoreDriver } from '../../store.js';
import { BadLocation } from '../../stores.errors.js';
import { checkDirectory, chooseDirectory, type DataDirectory } from './datadirs.js';
import { FileAttempt, syncDirectory, unlinkIfThere } from './file-attempt.js';
import { isSystemError, readFailure, unlistable, writeFailure } from './filesystem.errors.js';
import { listFiles, type FoundFile } from './list-files.js';
import { readFile } from './read-file.js';

export interface FilesystemOptions {
  /** At least one. */
  readonly datadirs: readonly DataDirectory[];
  /** Mode of the files; 0: 0640 as the umask leaves it. */
  readonly filePerm?: number;
  /** Bytes read at a time; less than 1 MiB (the fastest) is not used. */
  readonly chunkSize?: number;
}

const BEST_CHUNK = 1024 * 1024;
const NAME = /^[A-Za-z0-9_-]+$/;
const PART = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.part$/;
const partName = ({ imageId, uploadId }: Attempt) => `${imageId}.${uploadId}.part`;

/** Image bytes as `<datadir>/<image id>`, as Glance lays them out. */
export class FilesystemStore implements StoreDriver {
  readonly type = 'file';
  readonly schemes = ['file', 'filesystem'];
  readonly readOnly = false;
  private readonly datadirs: readonly DataDirectory[];
  private readonly filePerm: number;
  private readonly chunkSize: number;

  constructor(private readonly id: string, options: FilesystemOptions) {
    if (options.datadirs.length === 0) throw new Error(`The store ${id} has no directory: set filesystem_store_datadir.`);
    this.datadirs = options.datadirs.map(({ path, priority }) => ({ path: resolve(path), priority }));
    this.filePerm = options.filePerm ?? 0;
    this.chunkSize = Math.max(BEST_CHUNK, options.chunkSize ?? 0);
  }

  async check(): Promise<void> {
    for (const { path } of this.datadirs) await checkDirectory(this.id, path);
  }

  owns(url: string): boolean {
    return this.pathOf(url) !== undefined;
  }

  async begin(attempt: Attempt, expectedSize = 0): Promise<AttemptWriter> {
    const directory = await chooseDirectory(this.id, this.datadirs, expectedSize);
    const paths = {
      part: join(directory, partName(attempt)),
      final: join(directory, attempt.imageId),
      elsewhere: this.datadirs.filter(({ path }) => path !== directory).map(({ path }) => join(path, attempt.imageId)),
    };
    return FileAttempt.begin(this.id, paths, this.filePerm);
  }

  async read(url: string, range?: ByteRange): Promise<AsyncIterable<Buffer>> {
    const { path } = await this.find(url);
    return this.chunks(path, range);
  }

  async size(url: string): Promise<number> {
    return (await this.find(url)).size;
  }

  /** A file that is read stays readable after its name is gone: nothing keeps it. */
  async assertRemovable(url: string): Promise<void> {
    this.locate(url);
  }

  async remove(url: string): Promise<boolean> {
    const path = this.locate(url);
    return this.writing(path, () => this.removeName(path));
  }

  async *list(): AsyncGenerator<ListedObject> {
    for await (const { path, ...file } of this.files()) if (!PART.test(file.name)) yield { ...file, url: pathToFileURL(path).href };
  }

  async *parts(): AsyncGenerator<ListedPart> {
    for await (const { path: _, ...file } of this.files()) {
      const [, imageId, uploadId] = PART.exec(file.name) ?? [];
      if (imageId && uploadId) yield { ...file, attempt: { imageId, uploadId } };
    }
  }

  private async *files(): AsyncGenerator<FoundFile> {
    for (const { path } of this.datadirs) {
      try {
        yield* listFiles(path);
      } catch (error) {
        throw isSystemError(error) ? unlistable(this.id, path, error) : error;
      }
    }
  }

  async discard(attempt: Attempt, unreferenced: boolean): Promise<void> {
    const names = [partName(attempt), ...(unreferenced ? [attempt.imageId] : [])];
    for (const { path } of this.datadirs) {
      for (const name of names) await this.writing(path, () => this.removeName(join(path, name)));
    }
  }

  private async *chunks(path: string, range?: ByteRange): AsyncGenerator<Buffer> {
    try {
      yield* readFile(this.id, path, this.chunkSize, range);
    } catch (error) {
      throw isSystemError(error) ? readFailure(this.id, path, error) : error;
    }
  }

  private async removeName(path: string): Promise<boolean> {
    const removed = await unlinkIfThere(path);
    if (removed) await syncDirectory(dirname(path));
    return removed;
  }

  /** Regular files only: a link could lead anywhere. */
  private async find(url: string): Promise<{ path: string; size: number }> {
    const path = this.locate(url);
    const found = await lstat(path).catch((error: unknown) => {
      throw readFailure(this.id, path, error);
    });
    if (!found.isFile()) throw new BadLocation(this.id, `${path} is not a regular file.`);
    return { path, size: found.size };
  }

  private locate(url: string): string {
    const path = this.pathOf(url);
    if (path === undefined) throw new BadLocation(this.id, 'The location does not lie directly in a directory of this store.');
    return path;
  }

  // Compared as text, nothing decoded, so that no spelling of a path outside can pass. Glance itself does not encode.
  private pathOf(url: string): string | undefined {
    const name = basename(url);
    if (!NAME.test(name)) return undefined;
    const paths = this.datadirs.map(({ path }) => join(path, name));
    return paths.find((path) => url === pathToFileURL(path).href || url === `file://${path}`);
  }

  private async writing<T>(path: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw isSystemError(error) ? writeFailure(this.id, path, error) : error;
    }
  }
}
