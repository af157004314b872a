import { createHash, randomUUID, type Hash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { hashAlgorithm } from '../hashing/hash-algorithm.js';
import type { CacheFolder } from './cache-folder.js';

/** What the bytes must be; none of them known: nothing can be verified, and nothing is cached. */
export interface KnownData {
  readonly size: number;
  /** MD5, hex. */
  readonly checksum: string | null;
  readonly osHashAlgo: string | null;
  readonly osHashValue: string | null;
}

/** A file that nobody has touched for so long belongs to a process that is gone. Seconds. */
export const DEAD_AFTER = 60;
const TOUCH_MS = 10_000;

/** One image on its way into the cache: written beside, verified, and only then there. */
export class CacheFill {
  private bytes = 0;
  private readonly timer: NodeJS.Timeout;

  private constructor(
    private readonly folder: CacheFolder,
    private readonly imageId: string,
    /** Of its partial file. */
    readonly name: string,
    private readonly handle: FileHandle,
    private readonly known: KnownData,
    private readonly hash: Hash,
  ) {
    this.timer = setInterval(() => void folder.touch(name).catch(() => undefined), TOUCH_MS);
    this.timer.unref();
  }

  static async begin(folder: CacheFolder, imageId: string, known: KnownData): Promise<CacheFill | undefined> {
    const hash = hashFor(known);
    if (!hash) return undefined;
    const name = `${imageId.toLowerCase()}.${known.size}.${randomUUID()}`;
    const handle = await open(folder.partialPath(name), constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o640);
    return new CacheFill(folder, imageId, name, handle, known, hash);
  }

  async write(chunk: Buffer): Promise<void> {
    this.hash.update(chunk);
    this.bytes += chunk.length;
    for (let written = 0; written < chunk.length; ) written += (await this.handle.write(chunk, written)).bytesWritten;
  }

  get isWhole(): boolean {
    return this.bytes === this.known.size;
  }

  /** True where the image is in the cache now: its bytes are those that its hash stands for. */
  async finish(): Promise<boolean> {
    const found = this.hash.digest('hex');
    if (!this.isWhole || found !== hashOf(this.known)) {
      await this.abandon();
      return false;
    }
    await this.handle.datasync();
    const { ino } = await this.handle.stat({ bigint: true });
    await this.close();
    await this.folder.publish(this.name, this.imageId, ino, found);
    return true;
  }

  /** Nothing stays. */
  async abandon(): Promise<void> {
    await this.close().catch(() => undefined);
    await this.folder.drop(this.name);
  }

  private async close(): Promise<void> {
    clearInterval(this.timer);
    await this.handle.close();
  }
}

/** That by which cached bytes are told from others: MD5 where it is known. */
export const hashOf = ({ checksum, osHashValue }: KnownData): string | null => checksum ?? osHashValue;

function hashFor({ checksum, osHashAlgo, osHashValue }: KnownData): Hash | undefined {
  if (checksum !== null) return createHash('md5');
  return osHashAlgo !== null && osHashValue !== null ? createHash(hashAlgorithm(osHashAlgo)) : undefined;
}
