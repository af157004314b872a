import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

export interface Limits {
  /** Seconds of processor time. */
  readonly cpuSeconds: number;
  /** Bytes of address space. */
  readonly memory: number;
  /** Bytes of the largest file that may be written. */
  readonly fileSize: number;
  /** Seconds by the clock. */
  readonly seconds: number;
}

/** `prlimit` bounds the tool, `setpriv` ends it with this process; both are part of util-linux. */
const TOOLS = ['qemu-img', 'prlimit', 'setpriv'] as const;
const MOST_OUTPUT = 64 * 1024;

export const missingTools = (path = process.env['PATH'] ?? ''): readonly string[] =>
  TOOLS.filter((tool) => !path.split(delimiter).some((folder) => isExecutable(join(folder, tool))));

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Runs `qemu-img` within limits and without a shell; answers what it prints. Rejects with what it says, or with why it was ended. */
export function qemuImg(args: readonly string[], limits: Limits, signal: AbortSignal): Promise<string> {
  const { cpuSeconds, memory, fileSize, seconds } = limits;
  const bounds = [`--cpu=${cpuSeconds}`, `--as=${memory}`, `--fsize=${fileSize}`, '--core=0'];
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', 'prlimit', ...bounds, 'qemu-img', ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' } });
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const [out, err] = [collect(child.stdout), collect(child.stderr)];
  let late = false;
  const end = () => void child.kill('SIGKILL');
  const timer = setTimeout(() => {
    late = true;
    end();
  }, seconds * 1000);
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  child.once('error', reject);
  child.once('close', (code, killedBy) => {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
    if (signal.aborted) reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    else if (code === 0) resolve(out());
    else reject(new Error(late ? `qemu-img took more than ${seconds} s` : err().trim() || `qemu-img was ended by ${killedBy ?? `code ${code}`}: it passed the limits of time, memory or size`));
  });
  return promise;
}

function collect(stream: NodeJS.ReadableStream): () => string {
  let text = '';
  stream.on('data', (chunk: Buffer) => {
    if (text.length < MOST_OUTPUT) text += chunk.toString();
  });
  return () => text.slice(0, MOST_OUTPUT);
}
