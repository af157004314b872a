import type { InlineProjection, SqlWrite } from '#event-store';
import type { ImageState } from '../image/image.state.js';
import { IMAGE_STREAMS } from '../read-model/image-list.projection.js';
import { changedImageTasks } from './image-tasks.js';
import { taskValue } from './task-list.js';
import { changedTasks, factsOf } from './task.projection.js';
import { TASK_STREAMS, type Task, type TaskState } from './task.js';

const COLUMNS = ['id', 'facts', 'type', 'status', 'owner', 'image_id', 'request_id', 'user_id', 'created_at', 'updated_at', 'ended_at', 'doc'] as const;

const UPSERT = `INSERT INTO afterimage.task (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map((_, i) => `$${i + 1}`).join(', ')})
ON CONFLICT (id) DO UPDATE SET ${COLUMNS.map((column) => `${column} = excluded.${column}`).join(', ')}
WHERE task.facts <= excluded.facts`;
const FORGET_PROGRESS = 'DELETE FROM afterimage.import_progress WHERE task_id = $1';

/** How far a task is matters no more once it has ended. */
export function taskWrites(task: Task): SqlWrite[] {
  const texts = (['type', 'status', 'owner', 'image_id', 'request_id', 'user_id'] as const).map((key) => taskValue(task, key));
  const values = [task.id, factsOf(task), ...texts, task.createdAt, task.updatedAt, task.endedAt, JSON.stringify(task)];
  const key = task.id;
  return [{ text: UPSERT, values, key }, ...(task.endedAt === null ? [] : [{ text: FORGET_PROGRESS, values: [task.id], key }])];
}

export const postgresTaskProjection: InlineProjection<TaskState, SqlWrite> = {
  name: 'task',
  streamPrefix: TASK_STREAMS,
  write: (change) => changedTasks(change).flatMap(taskWrites),
};

export const postgresImageTasksProjection: InlineProjection<ImageState, SqlWrite> = {
  name: 'image-tasks',
  streamPrefix: IMAGE_STREAMS,
  write: (change) => changedImageTasks(change, IMAGE_STREAMS).flatMap(taskWrites),
};
