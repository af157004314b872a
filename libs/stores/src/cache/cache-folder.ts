import { appendFile, mkdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../drivers/filesystem/filesystem.errors.js';
import { names, stats } from './what-is-there.js';

/** As whole files are listed. Times in seconds since 1970; 0: never. */
export interface CachedImage {
  readonly imageId: string;
  readonly hits: number;
  readonly lastAccessed: number;
  readonly lastModified: number;
  /** Bytes */
  readonly size: number;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Names in the folder are made of nothing else. */
export const isCacheable = (imageId: string): boolean => UUID.test(imageId);

/** `<image id>.<bytes to come>.<unique>`: what is being filled says how much room it will take. */
const PARTIAL = /^([0-9a-f-]{36})\.(\d+)\.[0-9a-f-]{36}$/i;

export interface Partial {
  readonly name: string;
  readonly imageId: string;
  readonly size: number;
  /** Seconds since somebody last said that it grows. */
  readonly idle: number;
}

/**
 * Glance's layout: whole images at `<dir>/<image id>`, and `incomplete`, `invalid` and `queue` beside them. Ours are `hits`,
 * a file for each image, whose length is the number of hits and whose time is the last one, so that any number of
 * processes count without a lock; and `verified`, which says of each image which file has which hash.
 */
export class CacheFolder {
  constructor(readonly dir: string) {}

  async prepare(): Promise<void> {
    for (const name of ['', 'incomplete', 'invalid', 'queue', 'hits', 'verified']) await mkdir(join(this.dir, name), { recursive: true, mode: 0o750 });
  }

  path(imageId: string): string {
    return join(this.dir, imageId.toLowerCase());
  }

  partialPath(name: string): string {
    return join(this.dir, 'incomplete', name);
  }

  async images(): Promise<CachedImage[]> {
    const found = await Promise.all((await names(this.dir)).filter(isCacheable).map((imageId) => this.image(imageId)));
    return found.flatMap((image) => image ?? []);
  }

  async image(imageId: string): Promise<CachedImage | undefined> {
    const file = await stats(this.path(imageId));
    if (!file?.isFile()) return undefined;
    const hits = await stats(this.hitsPath(imageId));
    return { imageId, hits: hits?.size ?? 0, lastAccessed: hits ? hits.mtimeMs / 1000 : 0, lastModified: file.mtimeMs / 1000, size: file.size };
  }

  /** A byte more; appending is atomic. */
  async hit(imageId: string): Promise<void> {
    await appendFile(this.hitsPath(imageId), '.');
  }

  async partials(): Promise<Partial[]> {
    const found = await Promise.all((await names(join(this.dir, 'incomplete'))).map(async (name) => {
      const [, imageId, size] = PARTIAL.exec(name) ?? [];
      const file = await stats(this.partialPath(name));
      if (!file) return [];
      return [{ name, imageId: imageId ?? '', size: size === undefined ? file.size : Number(size), idle: (Date.now() - file.mtimeMs) / 1000 }];
    }));
    return found.flat();
  }

  /** A partial file that still grows says so. */
  async touch(name: string): Promise<void> {
    const now = new Date();
    await utimes(this.partialPath(name), now, now);
  }

  /** Whether the file with this inode was found to have this hash. Files change places; so a name alone says nothing. */
  async isVerified(imageId: string, inode: bigint, hash: string): Promise<boolean> {
    return (await readFile(this.verifiedPath(imageId), 'latin1').catch(() => undefined)) === mark(inode, hash);
  }

  /** The whole file, which has this hash, gets its name; whatever had it goes. */
  async publish(name: string, imageId: string, inode: bigint, hash: string): Promise<void> {
    await writeFile(this.verifiedPath(imageId), mark(inode, hash), { mode: 0o640 });
    await rename(this.partialPath(name), this.path(imageId));
  }

  async drop(name: string): Promise<void> {
    await rm(this.partialPath(name), { force: true });
  }

  /** False where there was nothing. */
  async remove(imageId: string): Promise<boolean> {
    const there = await stats(this.path(imageId));
    await rm(this.path(imageId), { force: true });
    await this.forget(imageId);
    return there !== undefined;
  }

  /** Kept for a while, to be looked at. */
  async condemn(imageId: string): Promise<void> {
    await rename(this.path(imageId), join(this.dir, 'invalid', imageId.toLowerCase())).catch((error: unknown) => {
      if (errorCode(error) !== 'ENOENT') throw error;
    });
    await this.forget(imageId);
  }

  /** Answers how many condemned files were older. */
  async forgetInvalid(graceSeconds: number): Promise<number> {
    let gone = 0;
    for (const name of await names(join(this.dir, 'invalid'))) {
      const path = join(this.dir, 'invalid', name);
      const file = await stats(path);
      if (!file || (Date.now() - file.ctimeMs) / 1000 < graceSeconds) continue;
      await rm(path, { force: true });
      gone += 1;
    }
    return gone;
  }

  private async forget(imageId: string): Promise<void> {
    await rm(this.hitsPath(imageId), { force: true });
    await rm(this.verifiedPath(imageId), { force: true });
  }

  private hitsPath(imageId: string): string {
    return join(this.dir, 'hits', imageId.toLowerCase());
  }

  private verifiedPath(imageId: string): string {
    return join(this.dir, 'verified', imageId.toLowerCase());
  }
}

const mark = (inode: bigint, hash: string): string => `${inode} ${hash}`;
