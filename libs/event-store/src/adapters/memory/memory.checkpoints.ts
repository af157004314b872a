import type { Checkpoints } from '../../checkpoints.js';

/** Lost with the process, as the memory event store is. */
export function createMemoryCheckpoints(): Checkpoints {
  const positions = new Map<string, bigint>();
  return {
    read: async (name) => positions.get(name),
    write: async (name, position) => void positions.set(name, position),
  };
}
