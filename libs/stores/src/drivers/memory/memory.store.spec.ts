import { storeContract } from '../../store.contract.js';
import { MemoryStore } from './memory.store.js';

describe('memory store', () => {
  storeContract(async () => {
    const driver = new MemoryStore('under-test');
    return { driver, objects: async () => driver.names(), dispose: async () => undefined };
  });
});
