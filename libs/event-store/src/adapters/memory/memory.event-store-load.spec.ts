import { loadContract } from '../../event-store-load.contract.js';
import { createMemoryEventStore } from './memory.event-store.js';

loadContract('memory', async () => {
  const store = createMemoryEventStore();
  return { store, close: () => store.close() };
}, { restarts: false });
