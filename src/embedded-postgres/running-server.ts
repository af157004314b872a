import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { passwordFile } from './cluster.js';
import { holderOfStateDirectory } from './state-lock.js';

/** How a server that another process has started is reached. */
export interface RunningServer {
  readonly sockets: string;
  readonly password: string;
}

/** Its line in postmaster.pid, counted from 0. */
const SOCKETS = 4;

/** undefined: nobody has the state directory, or its server is not there yet. Fails where its files may not be read. */
export function runningServer(stateDir: string): RunningServer | undefined {
  if (holderOfStateDirectory(stateDir) === undefined) return undefined;
  const home = join(stateDir, 'postgres');
  const sockets = readIfThere(join(home, 'data', 'postmaster.pid'))?.split('\n')[SOCKETS];
  const password = readIfThere(passwordFile({ home }))?.trim();
  return sockets && password ? { sockets, password } : undefined;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
