import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Another process uses the state directory. */
export class StateDirectoryInUse extends Error {
  readonly code = 'StateDirectoryInUse';
  constructor(readonly directory: string, readonly pid: number) {
    super(`${directory} is in use by another afterimage, process ${pid}: stop it, or choose another directory with --state-dir`);
  }
}

function readOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return otherwise;
  }
}

/** Tells a process from a later one with the same number: the ticks at which it started; empty without /proc. */
function startOf(pid: number): string {
  const stat = readOr(`/proc/${pid}/stat`, '');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return typeof error === 'object' && error !== null && 'code' in error && error.code === 'EPERM';
  }
}

const isZombie = (pid: number) => /\) Z /.test(readOr(`/proc/${pid}/stat`, ''));

function livingHolder(text: string): number | undefined {
  const [number, start] = text.trim().split(' ');
  const pid = Number(number);
  if (!Number.isSafeInteger(pid) || pid <= 0 || !isAlive(pid) || isZombie(pid)) return undefined;
  return start === undefined || start === '' || start === startOf(pid) ? pid : undefined;
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Takes a dead process's lock out of the way; one that another newcomer made meanwhile is put back. */
function removeStale(lock: string, text: string): void {
  const aside = `${lock}.${randomUUID()}`;
  try {
    renameSync(lock, aside);
  } catch {
    return;
  }
  if (readOr(aside, text) !== text) linked(aside, lock);
  rmSync(aside, { force: true });
}

/** The process that has the directory; undefined: none. */
export const holderOfStateDirectory = (directory: string): number | undefined => livingHolder(readOr(join(directory, 'afterimage.lock'), ''));

/** Makes this process the only one in the directory, or the only one that takes a lock of that name; answers how to give it back. A dead holder does not count. */
export function lockStateDirectory(directory: string, name = 'afterimage.lock'): () => void {
  const lock = join(directory, name);
  const mine = `${lock}.${randomUUID()}`;
  const content = `${process.pid} ${startOf(process.pid)}\n`;
  writeFileSync(mine, content, { mode: 0o644 });
  try {
    while (!linked(mine, lock)) {
      const text = readOr(lock, '');
      const holder = livingHolder(text);
      if (holder !== undefined) throw new StateDirectoryInUse(directory, holder);
      removeStale(lock, text);
    }
  } finally {
    rmSync(mine, { force: true });
  }
  return () => {
    if (readOr(lock, '') === content) rmSync(lock, { force: true });
  };
}
