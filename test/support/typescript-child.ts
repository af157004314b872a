import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** Lets Node run our sources as they are, decorators too, by what compiles them for Jest; `./x.js` means `./x.ts`. */
const SOURCES = `import { createRequire, registerHooks } from 'node:module';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
const { transformSync } = createRequire(${JSON.stringify(import.meta.url)})('@swc/core');
const config = ${JSON.stringify(swcConfig())};
registerHooks({
  resolve(name, context, next) {
    try { return next(name, context); } catch (error) {
      if (!name.endsWith('.js')) throw error;
      return next(name.slice(0, -3) + '.ts', context);
    }
  },
  load(url, context, next) {
    if (!url.startsWith('file:') || !url.endsWith('.ts')) return next(url, context);
    const filename = fileURLToPath(url);
    return { format: 'module', shortCircuit: true, source: transformSync(readFileSync(filename, 'utf8'), { ...config, filename, swcrc: false }).code };
  },
});`;

function swcConfig(): object {
  const { $schema: _, ...config } = JSON.parse(readFileSync(new URL('../../.swcrc', import.meta.url), 'utf8')) as Record<string, unknown>;
  return { ...config, module: { type: 'es6' } };
}

/** A process of its own that runs the code; `lines` are what it prints. */
export function typescriptChild(code: string): { readonly child: ChildProcess; readonly lines: AsyncIterator<string> } {
  const options = ['--conditions=source'];
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
