import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { freePort } from './server.js';

export interface TestRedis {
  readonly url: string;
  stop(): Promise<void>;
}

/** A Redis of its own, on loopback, keeping nothing; it ends with this process, however that ends. */
export async function startRedis(): Promise<TestRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'afterimage-redis-'));
  const port = await freePort();
  const settings = { bind: '127.0.0.1', port: `${port}`, dir: folder, save: '', appendonly: 'no', 'maxmemory-policy': 'noeviction' };
  const options = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  const server = spawn('setpriv', ['--pdeathsig', 'TERM', '--', 'redis-server', ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(server, 'exit');
  try {
    await ready(server.stdout.setEncoding('utf8'));
  } catch (error) {
    server.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  return {
    url: `redis://127.0.0.1:${port}/0`,
    async stop() {
      server.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Its log goes on afterwards and is not kept. */
function ready(output: Readable): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = '';
    output.on('data', (text: string) => {
      log = (log + text).slice(-10_000);
      if (log.includes('Ready to accept connections')) resolve();
    });
    output.on('end', () => reject(new Error(`redis-server ended before it was ready:\n${log}`)));
  });
}
