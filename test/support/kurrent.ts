import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { KurrentDBClient } from '@kurrent/kurrentdb-client';
import { freePort } from './server.js';

export interface TestKurrent {
  readonly url: string;
  /** Kills it and starts it again; what was not in a folder is gone. Resolves before it answers. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** A program that becomes a server: `PROGRAM PORT [--db FOLDER] --max-append-size BYTES`; it may use the port 10,000 above too. */
const program = process.env['KURRENTDB_SERVER'];

/** What to give a suite that needs an empty KurrentDB as its title. */
export const KURRENT = program === undefined ? 'skipped: no server (KURRENTDB_SERVER is not set)' : 'KurrentDB';

export const hasKurrent = program !== undefined;

/** An empty KurrentDB, in memory where no folder is given. */
export async function testKurrent(folder?: string): Promise<TestKurrent> {
  if (program === undefined) throw new Error('KURRENTDB_SERVER is not set');
  const port = await portWithAnother();
  const options = [...(folder === undefined ? [] : ['--db', folder]), '--max-append-size', '16000000'];
  const start = () => spawn(program, [String(port), ...options], { stdio: 'ignore' });
  let server = start();
  const stop = async (): Promise<void> => {
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    await ended;
  };
  const restart = async (): Promise<void> => {
    await stop();
    server = start();
  };
  const url = `kurrentdb://127.0.0.1:${port}?tls=false`;
  await untilLeader(url).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return { url, restart, stop };
}

async function untilLeader(url: string): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    const client = KurrentDBClient.connectionString(url);
    const found = await client.getStreamMetadata('any', { requiresLeader: true, deadline: 2_000 }).then(() => true, () => false);
    await client.dispose().catch(() => undefined);
    if (found) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error('KurrentDB did not answer within 100 s');
}

async function portWithAnother(): Promise<number> {
  const port = await freePort();
  return port < 55_000 ? port : portWithAnother();
}
