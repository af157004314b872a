import { MemoryImportProgress } from './import-progress.memory.js';
import type { ImportProgress } from './import-progress.js';
import { MemoryTaskList } from './task-list.memory.js';
import type { TaskList } from './task-list.js';

export interface TasksOptions {
  /** Hours after its end that a task is shown. */
  readonly timeToLive: number;
  /** The data at an added location is read and hashed (`do_secure_hash`). */
  readonly secureHash: boolean;
  /** How often reading it is tried again (`http_retries`). */
  readonly hashRetries: number;
}

/** What tasks are kept in, and how they are treated. */
export interface TaskParts {
  readonly list: TaskList;
  readonly progress: ImportProgress;
  readonly options: TasksOptions;
}

export const TASKS_OPTIONS = Symbol('TasksOptions');

/** Glance's own defaults. */
export const DEFAULT_TASKS_OPTIONS: TasksOptions = { timeToLive: 48, secureHash: true, hashRetries: 3 };

export function memoryTaskParts(list = new MemoryTaskList(), options = DEFAULT_TASKS_OPTIONS): TaskParts {
  return { list, progress: new MemoryImportProgress(list.isOpen), options };
}
