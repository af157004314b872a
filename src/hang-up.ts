import { closeSync, openSync } from 'node:fs';
import { isatty } from 'node:tty';

function terminalIsThere(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}

/** SIGHUP has two meanings: the terminal that we were started in is gone, or somebody wants the configuration read anew. */
export function onHangUp({ reload, end }: { reload: () => void; end: () => void }): void {
  const attached = [0, 1, 2].some((fd) => isatty(fd)) && terminalIsThere();
  process.on('SIGHUP', () => (attached && !terminalIsThere() ? end() : reload()));
}
