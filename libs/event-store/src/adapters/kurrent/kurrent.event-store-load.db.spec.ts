import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasKurrent, testKurrent } from '../../../../../test/support/kurrent.js';
import { loadContract } from '../../event-store-load.contract.js';
import { KurrentEventStore } from './kurrent.event-store.js';

const url = process.env['KURRENTDB_URL'];

if (hasKurrent) {
  loadContract('kurrent', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'afterimage-test-kurrent-'));
    const server = await testKurrent(folder);
    const store = new KurrentEventStore({ url: server.url });
    return {
      store,
      restart: () => server.restart(),
      async close() {
        await store.close();
        await server.stop();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  });
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
