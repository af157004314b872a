import { usageContract } from './usage.contract.js';
import { MemoryUsage, memoryUsageProjection } from './usage.memory.js';

usageContract('memory', async () => {
  let now = 0;
  let driver = new MemoryUsage(() => now);
  return {
    usage: {
      of: (owner) => driver.of(owner),
      reserve: (...asked) => driver.reserve(...asked),
      renew: (...asked) => driver.renew(...asked),
      release: (holder) => driver.release(holder),
    },
    project: async (change) => memoryUsageProjection(driver).write(change).forEach((write) => write()),
    pass: async (ms) => void (now += ms),
    clear: async () => void (driver = new MemoryUsage(() => now)),
    close: async () => undefined,
  };
});
