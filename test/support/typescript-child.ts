import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** Lets Node run our sources as they are: it strips types, and `./x.js` means `./x.ts`. */
const SOURCES = `import { registerHooks } from 'node:module';
registerHooks({ resolve(name, context, next) {
  try { return next(name, context); } catch (error) {
    if (!name.endsWith('.js')) throw error;
    return next(name.slice(0, -3) + '.ts', context);
  }
} });`;

/** A process of its own that runs the code; `lines` are what it prints. */
export function typescriptChild(code: string): { readonly child: ChildProcess; readonly lines: AsyncIterator<string> } {
  const options = ['--experimental-transform-types', '--disable-warning=ExperimentalWarning', '--conditions=source'];
  const hooks = `data:text/javascript,${encodeURIComponent(SOURCES)}`;
  const { NODE_OPTIONS: _, ...env } = process.env;
  const child = spawn('node', [...options, '--import', hooks, '--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'], env });
  return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
}

export async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
