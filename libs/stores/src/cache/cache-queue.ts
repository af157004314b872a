import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../drivers/filesystem/filesystem.errors.js';
import { isCacheable } from './cache-folder.js';
import { names, stats } from './what-is-there.js';

/** Images that shall be cached: `queue/<image id>`, an empty file for each. */
export class CacheQueue {
  private readonly dir: string;

  constructor(dir: string) {
    this.dir = join(dir, 'queue');
  }

  /** In the order in which they were queued. */
  async list(): Promise<string[]> {
    const found = await Promise.all((await names(this.dir)).filter(isCacheable).map(async (imageId) => ({ imageId, at: (await stats(join(this.dir, imageId)))?.mtimeMs ?? 0 })));
    return found.toSorted((a, b) => a.at - b.at).map(({ imageId }) => imageId);
  }

  /** False where it is queued already. */
  async add(imageId: string): Promise<boolean> {
    try {
      await writeFile(this.path(imageId), '', { flag: 'wx', mode: 0o640 });
      return true;
    } catch (error) {
      if (errorCode(error) === 'EEXIST') return false;
      throw error;
    }
  }

  async remove(imageId: string): Promise<boolean> {
    const there = await stats(this.path(imageId));
    await rm(this.path(imageId), { force: true });
    return there !== undefined;
  }

  private path(imageId: string): string {
    return join(this.dir, imageId.toLowerCase());
  }
}
