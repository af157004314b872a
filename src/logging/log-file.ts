import { closeSync, existsSync, fstatSync, mkdirSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

export interface Rotation {
  /** From this size on a new file is begun. */
  readonly bytes: number;
  /** Older ones that are kept: `NAME.1` (the newest) … */
  readonly count: number;
}

/** A lock that was left behind, ms. */
const STALE_LOCK_MS = 10_000;

/**
 * A log file that several processes may append to. Moved away or removed (logrotate), it is begun anew with the next line. What cannot
 * be written goes to standard error.
 */
export class LogFile {
  /** None once it is closed: its number may then be another file's. */
  private fd: number | undefined;

  /** Fails where the file cannot be written. */
  constructor(private readonly path: string, private readonly rotation?: Rotation) {
    try {
      mkdirSync(dirname(path), { recursive: true });
      this.fd = this.open();
    } catch (error) {
      throw new Error(`[DEFAULT] log_file, log_dir: ${path} cannot be written: ${messageOf(error)}`, { cause: error });
    }
  }

  write(text: string): void {
    try {
      writeSync(this.current(), text);
    } catch (error) {
      process.stderr.write(`cannot write ${this.path} (${messageOf(error)}): ${text}`);
    }
  }

  close(): void {
    if (this.fd !== undefined) closeSync(this.fd);
    this.fd = undefined;
  }

  private open(): number {
    return openSync(this.path, 'a');
  }

  private current(): number {
    if (this.fd === undefined) return this.reopen();
    const there = statSync(this.path, { throwIfNoEntry: false });
    const mine = fstatSync(this.fd);
    if (there?.ino !== mine.ino || there.dev !== mine.dev) return this.reopen();
    return this.rotation && mine.size >= this.rotation.bytes ? this.rotate(this.rotation, this.fd, mine.ino) : this.fd;
  }

  private reopen(): number {
    const fd = this.open();
    if (this.fd !== undefined) closeSync(this.fd);
    this.fd = fd;
    return fd;
  }

  /** One process does it; the others see that the file is another one. */
  private rotate({ count }: Rotation, fd: number, ino: number): number {
    const lock = `${this.path}.rotating`;
    if (!taken(lock)) return fd;
    try {
      if (statSync(this.path, { throwIfNoEntry: false })?.ino === ino) this.shift(count);
    } finally {
      rmSync(lock, { force: true });
    }
    return this.reopen();
  }

  private shift(count: number): void {
    const name = (number: number) => (number === 0 ? this.path : `${this.path}.${number}`);
    if (count === 0) rmSync(this.path, { force: true });
    for (let number = count - 1; number >= 0; number -= 1) if (existsSync(name(number))) renameSync(name(number), name(number + 1));
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function taken(lock: string): boolean {
  try {
    closeSync(openSync(lock, 'wx'));
    return true;
  } catch {
    const since = statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (since > 0 && Date.now() - since > STALE_LOCK_MS) rmSync(lock, { force: true });
    return false;
  }
}
