import { metadefCatalogContract } from './catalog.contract.js';
import { MemoryMetadefCatalog, memoryMetadefsProjection } from './catalog.memory.js';

metadefCatalogContract('memory', async () => {
  let catalog = new MemoryMetadefCatalog();
  return {
    get catalog() {
      return catalog;
    },
    project: async (change) => memoryMetadefsProjection(catalog).write(change).forEach((write) => write()),
    clear: async () => void (catalog = new MemoryMetadefCatalog()),
    close: async () => undefined,
  };
});
