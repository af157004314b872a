import type { Provider } from '@nestjs/common';
import { HashLocation } from '../hash-location.js';
import { IMPORT_PROGRESS } from './import-progress.js';
import { TaskRequests } from './request-task.js';
import { RunTask } from './run-task.js';
import { TASK_LIST } from './task-list.js';
import { TASKS_OPTIONS, type TaskParts } from './task-parts.js';
import { TasksService } from './tasks.service.js';

export const taskProviders = ({ list, progress, options }: TaskParts): Provider[] => [
  { provide: TASK_LIST, useValue: list },
  { provide: IMPORT_PROGRESS, useValue: progress },
  { provide: TASKS_OPTIONS, useValue: options },
  TasksService, HashLocation, RunTask, TaskRequests,
];

/** Of them, what other modules may use. */
export const TASK_TOKENS = [TASK_LIST, IMPORT_PROGRESS, TASKS_OPTIONS, TasksService, HashLocation, RunTask, TaskRequests];
