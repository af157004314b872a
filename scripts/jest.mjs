// Runs Jest in ESM mode on the Node that the project brings along.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('../node_modules/jest/bin/jest.js', import.meta.url));
const options = `${process.env.NODE_OPTIONS ?? ''} --experimental-vm-modules --disable-warning=ExperimentalWarning`;
const jest = spawn('node', [bin, ...process.argv.slice(2)], { stdio: 'inherit', env: { ...process.env, NODE_OPTIONS: options } });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => jest.kill(signal));
jest.on('error', (error) => {
  console.error(`Jest did not start: ${error.message}`);
  process.exit(1);
});
jest.on('exit', (code) => process.exit(code ?? 1));
