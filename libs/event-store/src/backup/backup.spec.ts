import { createMemoryEventStore } from '../adapters/memory/memory.event-store.js';
import { createAppendingLogTransfer } from './appending-log-transfer.js';
import { backupContract } from './backup.contract.js';
import { sparse } from './backup.fixture.js';

backupContract('memory', async () => {
  const store = createMemoryEventStore();
  return { store, transfer: createAppendingLogTransfer(store), close: () => store.close() };
}, { exact: false });

backupContract('positions that are not dense', async () => {
  const store = sparse(createMemoryEventStore());
  return { store, transfer: createAppendingLogTransfer(store), close: () => store.close() };
}, { exact: false });
