import { readModelConformance } from './conformance.js';
import * as drivers from './index.js';

const EXAMPLE = new URL('../../docs/examples/sqlite-driver/driver.mjs', import.meta.url).href;
const { openAt } = (await import(EXAMPLE)) as { openAt(path: string, of: typeof drivers, now: () => number): drivers.ReadModelDriver };

readModelConformance('SQLite, as in docs/examples', async () => {
  let ms = 0;
  const open = () => openAt(':memory:', drivers, () => ms);
  let driver = open();
  return {
    get driver() {
      return driver;
    },
    pass: async (more) => void (ms += more),
    clear: async () => {
      await driver.close();
      driver = open();
    },
    failing: { sql: 'INSERT INTO nowhere VALUES (1)', values: [] },
  };
});
