import { readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const STOP_ORDER = [
  { signal: 'SIGINT', patienceMs: 10_000 },
  { signal: 'SIGQUIT', patienceMs: 5_000 },
  { signal: 'SIGKILL', patienceMs: 5_000 },
] as const;

function pidInFile(file: string): number | undefined {
  try {
    const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
    return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the process is a PostgreSQL server of this very directory; undefined: that cannot be told here. */
function servesDirectory(pid: number, dataDirectory: string): boolean | undefined {
  try {
    readlinkSync('/proc/self/exe');
  } catch {
    return undefined;
  }
  try {
    const program = basename(readlinkSync(`/proc/${pid}/exe`)).replace(/ \(deleted\)$/, '');
    return program === 'postgres' && readlinkSync(`/proc/${pid}/cwd`) === realpathSync(dataDirectory);
  } catch {
    return false;
  }
}

function signalled(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

async function ended(pid: number, dataDirectory: string, patienceMs: number): Promise<boolean> {
  for (const until = Date.now() + patienceMs; Date.now() < until; await sleep(25)) {
    if (servesDirectory(pid, dataDirectory) !== true) return true;
  }
  return false;
}

/**
 * Ends a server that a killed process left running in the directory, and removes a `postmaster.pid` that no server
 * stands behind. Where processes cannot be looked at, PostgreSQL itself judges the file.
 */
export async function clearStaleServer(dataDirectory: string): Promise<'none' | 'stopped' | 'file removed'> {
  const file = join(dataDirectory, 'postmaster.pid');
  const pid = pidInFile(file);
  if (pid === undefined) return 'none';
  const serves = servesDirectory(pid, dataDirectory);
  if (serves === undefined) return 'none';
  if (serves) {
    for (const { signal, patienceMs } of STOP_ORDER) {
      signalled(pid, signal);
      if (await ended(pid, dataDirectory, patienceMs)) break;
    }
  }
  rmSync(file, { force: true });
  return serves ? 'stopped' : 'file removed';
}
