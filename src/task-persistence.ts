import type { Pool } from 'pg';
import {
  memoryImageTasksProjection, MemoryImportProgress, MemoryTaskList, memoryTaskProjection, postgresImageTasksProjection, PostgresImportProgress,
  PostgresTaskList, postgresTaskProjection, type TaskParts,
} from '#images';

export { TASK_MIGRATIONS } from '#images';

/** Tasks and how far they are, with what writes them. */
export interface KeptTasks {
  readonly tasks: Pick<TaskParts, 'list' | 'progress'>;
  readonly projections: readonly unknown[];
}

export function memoryTasks(): KeptTasks {
  const list = new MemoryTaskList();
  return { tasks: { list, progress: new MemoryImportProgress(list.isOpen) }, projections: [memoryTaskProjection(list), memoryImageTasksProjection(list)] };
}

export const postgresTaskProjections = [postgresTaskProjection, postgresImageTasksProjection];

export const postgresTasks = (pool: Pool): KeptTasks => ({
  tasks: { list: new PostgresTaskList(pool), progress: new PostgresImportProgress(pool) },
  projections: postgresTaskProjections,
});
