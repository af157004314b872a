import type { EventStore } from '../../event-store.js';
import type { MemoryWrite } from '../../projection.js';
import { projectionTargetContract } from '../../projector/projection-target.contract.js';
import { createMemoryEventStore } from './memory.event-store.js';
import { createMemoryProjectionTarget } from './memory.projection-target.js';

projectionTargetContract('memory', async () => {
  const values = new Map<string, { readonly revision: number; readonly value: number }>();
  const sums = new Map<string, number>();
  let target = createMemoryProjectionTarget();
  return {
    target: { checkpoint: (name) => target.checkpoint(name), apply: (...of) => target.apply(...of) },
    put: (stream: string, revision: number, value: number): readonly MemoryWrite[] => [() => {
      if ((values.get(stream)?.revision ?? -1) < revision) values.set(stream, { revision, value });
    }],
    add: (group: string, by: number): readonly MemoryWrite[] => [() => void sums.set(group, (sums.get(group) ?? 0) + by)],
    values: async () => Object.fromEntries([...values].map(([stream, { value }]) => [stream, value])),
    sums: async () => Object.fromEntries(sums),
    async clear() {
      values.clear();
      sums.clear();
      target = createMemoryProjectionTarget();
    },
    close: async () => undefined,
  };
}, () => createMemoryEventStore() as EventStore<never>);
