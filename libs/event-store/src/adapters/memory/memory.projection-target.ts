import type { MemoryWrite } from '../../projection.js';
import type { ProjectionTarget } from '../../projector/projection-target.js';

/** Checkpoints are lost with the process, as what is written is. */
export function createMemoryProjectionTarget(): ProjectionTarget<MemoryWrite> {
  const positions = new Map<string, bigint>();
  return {
    checkpoint: async (name) => positions.get(name),
    async apply(name, from, to, writes) {
      if ((positions.get(name) ?? 0n) !== from) return false;
      for (const write of writes) write();
      positions.set(name, to);
      return true;
    },
  };
}
