import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Run } from './run.js';

const PROGRAM = fileURLToPath(new URL('./python-clients.py', import.meta.url));

export type Client = 'glance' | 'glance-v1' | 'openstack' | 'sdk';

/** The unmodified Python clients, imported once: a command takes tenths of a second instead of seconds. */
export class PythonClients {
  private waiting: ((answer: Run) => void)[] = [];
  private stderr = '';

  private constructor(private readonly child: ChildProcessWithoutNullStreams) {
    createInterface({ input: child.stdout }).on('line', (line) => this.waiting.shift()?.(JSON.parse(line) as Run));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    child.on('close', () => {
      for (const resolve of this.waiting.splice(0)) resolve({ code: null, stdout: '', stderr: `the clients' process ended: ${this.stderr}` });
    });
  }

  /** Clients work in this folder and find their settings (`clouds.yaml`) and their caches there. */
  static start(home: string): PythonClients {
    return new PythonClients(spawn('/usr/bin/python3', [PROGRAM], { cwd: home, env: { HOME: home, PATH: '/usr/bin:/bin', LANG: 'C.UTF-8' } }));
  }

  /** Without input the client finds a terminal at which nobody types. */
  run(client: Client, argv: readonly string[], input?: string): Promise<Run> {
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      this.child.stdin.write(`${JSON.stringify({ client, argv, input })}\n`);
    });
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const ended = once(this.child, 'close');
    this.child.stdin.end();
    await ended;
  }
}
