import { eventStoreContract } from '../../event-store.contract.js';
import { createMemoryEventStore } from './memory.event-store.js';

eventStoreContract('memory', async () => {
  const rows = new Map<string, number>();
  const store = createMemoryEventStore();
  return { store, write: (key, value) => () => void rows.set(key, value), written: async (key) => rows.get(key), close: () => store.close() };
});
