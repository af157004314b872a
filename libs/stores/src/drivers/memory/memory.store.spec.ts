import { storeContract } from '../../store.contract.js';
import { DataInUse } from '../../stores.errors.js';
import { MemoryStore } from './memory.store.js';

describe('memory store', () => {
  storeContract(async () => {
    const driver = new MemoryStore('under-test');
    return { driver, objects: async () => driver.names(), dispose: async () => undefined };
  });
});

/** As a store of block devices is, whose images are cloned. */
class ClonedStore extends MemoryStore {
  readonly clones = new Set<string>();

  override async assertRemovable(url: string): Promise<void> {
    await super.assertRemovable(url);
    if (this.clones.has(url)) throw new DataInUse('under-test', 'The data has a clone.');
  }

  override async remove(url: string): Promise<boolean> {
    await this.assertRemovable(url);
    return super.remove(url);
  }
}

describe('a store whose data others may depend on', () => {
  storeContract(async () => {
    const driver = new ClonedStore('under-test');
    return { driver, objects: async () => driver.names(), dispose: async () => undefined };
  }, async ({ driver: { clones } }, url) => {
    clones.add(url);
    return async () => void clones.delete(url);
  });
});
