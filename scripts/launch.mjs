// Starts the program on the Node that the project brings along, whatever Node runs this file.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { explain, prepare } from './prepare.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** What is prepared is told on standard error: standard output belongs to the command. */
async function prepared() {
  try {
    await prepare(root, { say: (text) => console.error(text), output: 2 });
  } catch (error) {
    console.error(`ERROR: ${explain(error)}`);
    process.exit(1);
  }
}

/** The IPC channel tells the program when we are killed, so that it ends as well. */
function start(args) {
  const node = join(root, 'node_modules', '.bin', 'node');
  return spawn(node, ['--enable-source-maps', join(root, 'dist', 'src', 'main.js'), ...args], { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
}

/** Runs it with these arguments; this process ends as it ends. */
export async function launch(args) {
  await prepared();
  const child = start(args);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`ERROR: the Node of the project does not start: ${error.message}`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}
