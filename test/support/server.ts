import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endEventsApart, eventsApart } from './events-apart.js';


/** The same file serves the specs and, built, the benchmark. */
const ROOT = fileURLToPath(new URL(import.meta.url.includes('/dist/') ? '../../..' : '../..', import.meta.url));

/** A start takes one to two seconds where nothing else runs. */
const START_MS = 55_000;

export interface ServerOptions {
  readonly memory?: boolean;
  /** Lines of a glance-api.conf; without them the embedded defaults hold. */
  readonly conf?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** A state folder of an earlier server; a new one otherwise. */
  readonly stateDir?: string;
}

/** A whole Afterimage as its users start it: the built program in a process of its own. */
export class Server {
  private constructor(
    readonly url: string,
    readonly stateDir: string,
    readonly child: ChildProcess,
    private readonly lines: string[],
  ) {}

  static async start(options: ServerOptions = {}): Promise<Server> {
    const stateDir = options.stateDir ?? (await mkdtemp(join(tmpdir(), 'afterimage-test-')));
    await mkdir(stateDir, { recursive: true });
    const port = await freePort();
    const conf = join(stateDir, 'test.conf');
    const store = options.conf?.includes('datadir') ? '' : storeIn(stateDir);
    const workers = /^workers\b/m.test(options.conf ?? '') ? '' : 'workers = 0\n';
    // Glance's own default is one folder for every server of the machine.
    const staging = /^node_staging_uri\b/m.test(options.conf ?? '') ? '' : `node_staging_uri = file://${join(stateDir, 'staging')}\n`;
    // A database of the suite's is empty.
    const create = /^db_auto_create\b/m.test(options.conf ?? '') ? '' : 'db_auto_create = True\n';
    const events = options.memory ? '' : await eventsApart(stateDir, options.conf);
    await writeFile(conf, `[DEFAULT]\nbind_host = 127.0.0.1\nbind_port = ${port}\n${workers}${staging}${create}${options.conf ?? ''}${store}\n${events}`);
    const args = ['--enable-source-maps', join(ROOT, 'dist/src/main.js'), 'serve', '--state-dir', stateDir, '--config-file', conf];
    const child = spawn('node', options.memory ? [...args, '--memory'] : args, {
      cwd: stateDir,
      // Jobs of a server that was killed go on soon.
      env: { OS_JOBS__LOCK_TIME: '6', ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const lines: string[] = [];
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text: string) => lines.push(text));
    const secure = /^cert_file\b/m.test(options.conf ?? '');
    const server = new Server(`${secure ? 'https' : 'http'}://127.0.0.1:${port}`, stateDir, child, lines);
    await server.answers();
    return server;
  }

  get output(): string {
    return this.lines.join('');
  }

  get imagesDir(): string {
    return join(this.stateDir, 'images');
  }

  private async answers(): Promise<void> {
    const deadline = Date.now() + START_MS;
    while (Date.now() < deadline) {
      if (this.child.exitCode !== null) throw new Error(`the server ended with ${this.child.exitCode}:\n${this.output}`);
      // With TLS only some get an answer: it says itself when it serves.
      if (this.url.startsWith('https:') ? this.output.includes(`Images API on ${this.url}`) : (await fetch(`${this.url}/versions`).catch(() => undefined))?.ok) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`the server did not answer within ${START_MS / 1000} s:\n${this.output}`);
  }

  /** Ends it and answers its exit code; null where a signal ended it. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const ended = once(this.child, 'exit');
      this.child.kill(signal);
      await ended;
    }
    return this.child.exitCode;
  }

  async dispose(): Promise<void> {
    await this.end();
    await endEventsApart(this.stateDir);
    // A PostgreSQL that outlived its killed server by a second still writes there.
    await rm(this.stateDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}

export const storeIn = (stateDir: string): string => `[glance_store]\nfilesystem_store_datadir = ${join(stateDir, 'images')}\n`;

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
