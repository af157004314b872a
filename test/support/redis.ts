import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { freePort } from './server.js';

export interface TestRedis {
  readonly url: string;
  stop(): Promise<void>;
}

export interface RedisServer extends TestRedis {
  readonly port: number;
}

/** A Redis of its own, on loopback, keeping nothing; it ends with this process, however that ends. */
export const startRedis = (settings: Readonly<Record<string, string>> = {}): Promise<RedisServer> =>
  start((folder) => ({ dir: folder, save: '', appendonly: 'no', 'maxmemory-policy': 'noeviction', ...settings }), [], 'Ready to accept connections');

/** Watches over the master at that port, and takes it for dead when it has not answered for a second. */
export async function startSentinel(name: string, masterPort: number): Promise<RedisServer> {
  const conf = `sentinel monitor ${name} 127.0.0.1 ${masterPort} 1\nsentinel down-after-milliseconds ${name} 1000\nsentinel failover-timeout ${name} 5000\n`;
  return start((folder) => {
    writeFileSync(join(folder, 'sentinel.conf'), conf);
    return { dir: folder };
  }, ['sentinel.conf', '--sentinel'], '+monitor master');
}

type Settings = Readonly<Record<string, string>>;

async function start(settingsIn: (folder: string) => Settings, first: readonly string[], readyText: string): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'afterimage-redis-'));
  const asked = settingsIn(folder);
  const port = Number(asked.port ?? (await freePort()));
  const options = Object.entries({ bind: '127.0.0.1', ...asked, port: `${port}` }).flatMap(([name, value]) => [`--${name}`, value]);
  const server = spawn('setpriv', ['--pdeathsig', 'TERM', '--', 'redis-server', ...first, ...options], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(server, 'exit');
  try {
    await ready(server.stdout.setEncoding('utf8'), readyText);
  } catch (error) {
    server.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  return {
    port,
    url: `redis://127.0.0.1:${port}/0`,
    async stop() {
      server.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Its log goes on afterwards and is not kept. */
function ready(output: Readable, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = '';
    output.on('data', (more: string) => {
      log = (log + more).slice(-10_000);
      if (log.includes(text)) resolve();
    });
    output.on('end', () => reject(new Error(`redis-server ended before it was ready:\n${log}`)));
  });
}
