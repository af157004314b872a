import type { Values } from './options/index.js';

export interface TasksSettings {
  /** Hours after its end that a task is shown. */
  readonly timeToLive: number;
  readonly secureHash: boolean;
  readonly hashRetries: number;
}

export const tasksOf = ({ task, DEFAULT: own }: Values): TasksSettings =>
  ({ timeToLive: task.task_time_to_live, secureHash: own.do_secure_hash, hashRetries: own.http_retries });
