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
  private fd: number;

  constructor(private readonly path: string, private readonly rotation?: Rotation) {
    mkdirSync(dirname(path), { recursive: true });
    this.fd = this.open();
  }

  write(text: string): void {
    try {
      this.follow();
      writeSync(this.fd, text);
    } catch (error) {
      process.stderr.write(`cannot write ${this.path} (${error instanceof Error ? error.message : String(error)}): ${text}`);
    }
  }

  close(): void {
    closeSync(this.fd);
  }

  private open(): number {
    return openSync(this.path, 'a');
  }

  private follow(): void {
    const there = statSync(this.path, { throwIfNoEntry: false });
    const mine = fstatSync(this.fd);
    if (there?.ino !== mine.ino || there.dev !== mine.dev) this.reopen();
    else if (this.rotation && mine.size >= this.rotation.bytes) this.rotate(this.rotation, mine.ino);
  }

  private reopen(): void {
    const fd = this.open();
    closeSync(this.fd);
    this.fd = fd;
  }

  /** One process does it; the others see that the file is another one. */
  private rotate({ count }: Rotation, ino: number): void {
    const lock = `${this.path}.rotating`;
    if (!taken(lock)) return;
    try {
      if (statSync(this.path, { throwIfNoEntry: false })?.ino === ino) this.shift(count);
    } finally {
      rmSync(lock, { force: true });
    }
    this.reopen();
  }

  private shift(count: number): void {
    const name = (number: number) => (number === 0 ? this.path : `${this.path}.${number}`);
    if (count === 0) rmSync(this.path, { force: true });
    for (let number = count - 1; number >= 0; number -= 1) if (existsSync(name(number))) renameSync(name(number), name(number + 1));
  }
}

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
