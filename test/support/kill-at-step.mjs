// Loaded by NODE_OPTIONS=--import into a server under test: writes down each step, and kills the process at the one that is asked for.
import { subscribe } from 'node:diagnostics_channel';
import { appendFileSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.env.AFTERIMAGE_TEST_STEPS;

function askedFor() {
  try {
    return readFileSync(join(folder, 'kill'), 'utf8');
  } catch {
    return undefined;
  }
}

if (folder !== undefined) {
  subscribe('afterimage:step', ({ step }) => {
    appendFileSync(join(folder, 'steps'), `${step}\n`);
    if (askedFor() !== step) return;
    rmSync(join(folder, 'kill'));
    process.kill(process.pid, 'SIGKILL');
  });
}
