import { jest } from '@jest/globals';
import { testKurrent, hasKurrent } from '../../../../../test/support/kurrent.js';
import { createAppendingLogTransfer } from '../../backup/appending-log-transfer.js';
import { backupContract } from '../../backup/backup.contract.js';
import type { EventStore } from '../../event-store.js';
import { KurrentEventStore } from './kurrent.event-store.js';

if (hasKurrent) {
  jest.setTimeout(120_000);
  backupContract('kurrent', async () => {
    const server = await testKurrent();
    const store = new KurrentEventStore({ url: server.url });
    return {
      store: store as EventStore,
      transfer: createAppendingLogTransfer(store as EventStore, { append: (...of) => store.take(...of) }),
      async close() {
        await store.close();
        await server.stop();
      },
    };
  }, { exact: true });
} else {
  describe('moving a log, kurrent', () => {
    it.skip('skipped: no server (KURRENTDB_SERVER is not set)', () => undefined);
  });
}
