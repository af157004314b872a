import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { KurrentDBClient } from '@kurrent/kurrentdb-client';

export interface TestKurrent {
  readonly url: string;
  stop(): Promise<void>;
}

/** A program that becomes a server: `PROGRAM PORT --max-append-size BYTES`; it may use the port 10,000 above too. */
const program = process.env['KURRENTDB_SERVER'];

/** What to give a suite that needs an empty KurrentDB as its title. */
export const KURRENT = program === undefined ? 'skipped: no server (KURRENTDB_SERVER is not set)' : 'KurrentDB';

export const hasKurrent = program !== undefined;

/** An empty KurrentDB in memory. */
export async function testKurrent(): Promise<TestKurrent> {
  if (program === undefined) throw new Error('KURRENTDB_SERVER is not set');
  const port = await freePort();
  const server = spawn(program, [String(port), '--max-append-size', '16000000'], { stdio: 'ignore' });
  const url = `kurrentdb://127.0.0.1:${port}?tls=false`;
  const stop = async (): Promise<void> => {
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    await ended;
  };
  await untilLeader(url).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return { url, stop };
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

async function freePort(): Promise<number> {
  for (;;) {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    if (port < 55_000) return port;
  }
}
