import { link, lstat, open, unlink, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AttemptWriter } from '../../store.js';
import { DataExists } from '../../stores.errors.js';
import { errorCode, isSystemError, writeFailure } from './filesystem.errors.js';

export interface AttemptPaths {
  readonly part: string;
  readonly final: string;
  /** The image's name in the store's other directories, where a leftover may stand too. */
  readonly elsewhere: readonly string[];
}

interface Inode {
  readonly dev: bigint;
  readonly ino: bigint;
}

/** Written under a name of its own, then linked to the image's name, which fails where one stands there. */
export class FileAttempt implements AttemptWriter {
  private closed = false;
  private published: Inode | undefined;

  private constructor(
    private readonly store: string,
    private readonly paths: AttemptPaths,
    private readonly handle: FileHandle,
  ) {}

  /** `perm` 0: what the umask leaves of 0640. */
  static async begin(store: string, paths: AttemptPaths, perm: number): Promise<FileAttempt> {
    try {
      const handle = await open(paths.part, 'wx', 0o640);
      const attempt = new FileAttempt(store, paths, handle);
      try {
        if (perm !== 0) await handle.chmod(perm);
      } catch (error) {
        await attempt.abort();
        throw error;
      }
      return attempt;
    } catch (error) {
      if (errorCode(error) === 'EEXIST') throw new DataExists(store, `The attempt ${paths.part} has begun already.`);
      throw writeFailure(store, paths.part, error);
    }
  }

  write(chunk: Buffer): Promise<void> {
    return this.failing(async () => {
      for (let written = 0; written < chunk.length; ) written += (await this.handle.write(chunk, written)).bytesWritten;
    });
  }

  publish(mayReplace: () => Promise<boolean>): Promise<string> {
    const { part, final } = this.paths;
    return this.failing(async () => {
      await this.handle.datasync();
      const inode = await this.handle.stat({ bigint: true });
      await this.close();
      await this.linkFinal(mayReplace);
      this.published = inode;
      await unlink(part);
      await syncDirectory(dirname(final));
      return pathToFileURL(final).href;
    });
  }

  async abort(): Promise<void> {
    await this.failing(async () => {
      await this.close();
      await unlinkIfThere(this.paths.part);
      if (this.published && (await this.isOurs(this.published))) await unlinkIfThere(this.paths.final);
      await syncDirectory(dirname(this.paths.final));
    });
  }

  private async linkFinal(mayReplace: () => Promise<boolean>): Promise<void> {
    const { part, final, elsewhere } = this.paths;
    const names = [final, ...elsewhere];
    const taken: string[] = [];
    for (const name of names) if (await exists(name)) taken.push(name);
    if (taken.length > 0) {
      if (!(await mayReplace())) throw this.existing(taken);
      for (const name of taken) await unlinkIfThere(name);
    }
    try {
      await link(part, final);
    } catch (error) {
      throw errorCode(error) === 'EEXIST' ? this.existing([final]) : error;
    }
  }

  /** Another attempt with the lease may have replaced what this one published. */
  private async isOurs({ dev, ino }: Inode): Promise<boolean> {
    try {
      const found = await lstat(this.paths.final, { bigint: true });
      return found.dev === dev && found.ino === ino;
    } catch {
      return false;
    }
  }

  private existing(names: readonly string[]): DataExists {
    return new DataExists(this.store, `There is data at ${names.join(' and ')} already.`);
  }

  private async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await this.handle.close();
  }

  /** Only errors of the file system are put into the store's words; those of `mayReplace` and our own stay. */
  private async failing<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw isSystemError(error) ? writeFailure(this.store, this.paths.part, error) : error;
    }
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

/** False where there was nothing, which a read-only file system does not say by itself. */
export async function unlinkIfThere(path: string): Promise<boolean> {
  try {
    await unlink(path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || (errorCode(error) === 'EROFS' && !(await exists(path)))) return false;
    throw error;
  }
}

/** Without it, a name that appeared or went may be otherwise after a power cut. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
