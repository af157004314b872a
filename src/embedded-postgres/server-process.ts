import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { namedFor, SERVER_ENVIRONMENT } from './cluster.js';
import { PORT, type Layout } from './layout.js';

const LOG_LIMIT = 10 * 1024 * 1024;
const START_PATIENCE_MS = 60_000;

function serverArguments(layout: Layout, path: string, maxConnections: number): string[] {
  const sharedBuffersMb = Math.round(Math.min(256, Math.max(32, totalmem() / 2 ** 20 / 16)));
  const settings = {
    listen_addresses: '',
    port: PORT,
    unix_socket_directories: layout.sockets,
    unix_socket_permissions: '0700',
    max_connections: maxConnections,
    shared_buffers: `${sharedBuffersMb}MB`,
    random_page_cost: 1.1,
    jit: 'off',
    cluster_name: 'afterimage',
    log_line_prefix: '%m [%p] ',
  };
  return ['-D', path, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

/** util-linux's setpriv ends the server when we are killed; busybox's cannot. */
function deathSignal(): string[] {
  const prefix = ['--pdeathsig', 'INT'];
  return spawnSync('setpriv', [...prefix, 'true'], { stdio: 'ignore' }).status === 0 ? ['setpriv', ...prefix] : [];
}

function openLog(log: string): number {
  if ((statSync(log, { throwIfNoEntry: false })?.size ?? 0) > LOG_LIMIT) renameSync(log, `${log}.1`);
  return openSync(log, 'a', 0o600);
}

/** In a session of its own: a terminal's Ctrl+C is for us, the server is stopped after what is running has ended. */
function launch(layout: Layout, maxConnections: number): ChildProcess {
  const { path, cwd } = namedFor(layout, layout.data);
  const command = [...deathSignal(), join(layout.binaries, 'bin', 'postgres'), ...serverArguments(layout, path, maxConnections)];
  const log = openLog(layout.log);
  const credentials = layout.user && { uid: layout.user.uid, gid: layout.user.gid };
  try {
    const stdio = ['ignore' as const, log, log];
    return spawn(command[0] ?? '', command.slice(1), { cwd, env: SERVER_ENVIRONMENT, stdio, detached: true, ...credentials });
  } finally {
    closeSync(log);
  }
}

/** The last line of postmaster.pid, written by the server itself. */
function isReady(layout: Layout, pid: number | undefined): boolean {
  try {
    const lines = readFileSync(join(layout.data, 'postmaster.pid'), 'utf8').split('\n');
    return Number(lines[0]) === pid && lines[7]?.trim() === 'ready';
  } catch {
    return false;
  }
}

function lastWords(log: string): string {
  return readFileSync(log, 'utf8').trimEnd().split('\n').slice(-5).join('\n');
}

/** One running server. */
export class ServerProcess {
  /** Resolves once it has ended, for whatever reason. */
  readonly ended: Promise<void>;

  private constructor(private readonly child: ChildProcess) {
    this.ended = Promise.race([once(child, 'exit'), once(child, 'error')]).then(() => undefined, () => undefined);
  }

  /** Resolves when it takes connections; fails, with the end of its log, when it ends or takes a minute. */
  static async start(layout: Layout, maxConnections: number): Promise<ServerProcess> {
    const server = new ServerProcess(launch(layout, maxConnections));
    const until = Date.now() + START_PATIENCE_MS;
    while (!isReady(layout, server.child.pid)) {
      if (server.hasEnded || Date.now() > until) {
        await server.stop();
        throw new Error(`PostgreSQL did not start; the end of ${layout.log}:\n${lastWords(layout.log)}`);
      }
      await Promise.race([server.ended, sleep(5)]);
    }
    return server;
  }

  get hasEnded(): boolean {
    return this.child.pid === undefined || this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Disconnects everybody and ends in order; what takes longer than 3 s is cut. */
  async stop(): Promise<void> {
    for (const [signal, patienceMs] of [['SIGINT', 3000], ['SIGQUIT', 1000], ['SIGKILL', 1000]] as const) {
      if (this.hasEnded) return;
      this.child.kill(signal);
      await Promise.race([this.ended, sleep(patienceMs, undefined, { ref: false })]);
    }
  }

  /** Ends it at once; the log of transactions heals the data at the next start. */
  kill(): void {
    if (!this.hasEnded) this.child.kill('SIGQUIT');
  }
}
