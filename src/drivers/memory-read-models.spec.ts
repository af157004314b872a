import { memoryReadModels } from './memory-read-models.js';
import { readModelConformance } from './read-model-conformance.js';

readModelConformance('memory', async () => {
  let ms = 0;
  const now = () => ms;
  let driver = memoryReadModels(now);
  return {
    get driver() {
      return driver;
    },
    pass: async (more) => void (ms += more),
    clear: async () => void (driver = memoryReadModels(now)),
  };
});
