import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadContract } from '../../event-store-load.contract.js';
import { pause } from '../../event-store.fixture.js';
import { KurrentEventStore } from './kurrent.event-store.js';

/** A program that becomes a server: `PROGRAM PORT --db FOLDER --max-append-size BYTES`; it may use the port 10,000 above too. */
const program = process.env['KURRENTDB_SERVER'];
const url = process.env['KURRENTDB_URL'];

if (program !== undefined) {
  loadContract('kurrent', () => withServer(program));
} else if (url !== undefined) {
  loadContract('kurrent', async () => {
    const store = new KurrentEventStore({ url });
    return { store, close: () => store.close() };
  }, { restarts: false });
} else {
  describe('an event store under load, kurrent', () => {
    it.skip('skipped: no server (KURRENTDB_URL or KURRENTDB_SERVER is not set)', () => undefined);
  });
}

async function withServer(command: string) {
  const folder = mkdtempSync(join(tmpdir(), 'afterimage-test-kurrent-'));
  const port = await freePort();
  const start = () => spawn(command, [String(port), '--db', folder, '--max-append-size', '16000000'], { stdio: 'ignore' });
  const kill = async (server: ChildProcess) => {
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    await ended;
  };
  let server = start();
  const store = new KurrentEventStore({ url: `kurrentdb://127.0.0.1:${port}?tls=false` });
  await untilLeader(store).catch(async (error: unknown) => {
    await kill(server);
    throw error;
  });
  return {
    store,
    async restart() {
      await kill(server);
      server = start();
    },
    async close() {
      await store.close();
      await kill(server);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function untilLeader(store: KurrentEventStore): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    if ((await store.head().catch(() => undefined)) !== undefined) return;
    await pause(250);
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
