import { createMemoryProjectionTarget, type InlineProjection, type MemoryWrite } from '#event-store';
import { memoryImageProjection, MemoryImageList, MemoryUsage, memoryUsageProjection } from '#images';
import { MemoryMetadefCatalog, memoryMetadefsProjection } from '#metadefs';
import { memoryTasks } from '../task-persistence.js';
import type { ReadModelDriver } from './read-model-driver.js';

/** One process, lost at exit. What it answers is what every other driver must answer. */
export function memoryReadModels(now: () => number = Date.now): ReadModelDriver<MemoryWrite> {
  const [images, usage, metadefs] = [new MemoryImageList(), new MemoryUsage(now), new MemoryMetadefCatalog()];
  const { tasks, projections } = memoryTasks();
  return {
    name: 'memory', images, usage, metadefs, tasks,
    projections: [memoryImageProjection(images), memoryUsageProjection(usage), memoryMetadefsProjection(metadefs), ...projections] as InlineProjection<unknown, MemoryWrite>[],
    target: createMemoryProjectionTarget(),
    close: async () => undefined,
  };
}
