import type { InlineProjection, MemoryWrite } from '#event-store';
import { MarkerNotFound } from '../read-model/image-list.errors.js';
import { isExpired, seesTask, TASK_FILTER_KEYS, taskValue, type TaskList, type TaskQuery, type TaskSortKey } from './task-list.js';
import type { ImageState } from '../image/image.state.js';
import { IMAGE_STREAMS } from '../read-model/image-list.projection.js';
import { changedImageTasks } from './image-tasks.js';
import { changedTasks, factsOf } from './task.projection.js';
import { TASK_STREAMS, type Task, type TaskState } from './task.js';

/** One map; the oracle of the PostgreSQL list. */
export class MemoryTaskList implements TaskList {
  private readonly tasks = new Map<string, Task>();

  upsert(task: Task): void {
    const known = this.tasks.get(task.id);
    if (!known || factsOf(known) <= factsOf(task)) this.tasks.set(task.id, task);
  }

  isOpen = (id: string): boolean => this.tasks.get(id.toLowerCase())?.endedAt === null;

  /** Every row, in the order of ids. */
  rows(): readonly Task[] {
    return [...this.tasks.values()].toSorted((a, b) => compare(a.id, b.id));
  }

  async find(id: string): Promise<Task | undefined> {
    return this.tasks.get(id.toLowerCase());
  }

  async list(query: TaskQuery): Promise<readonly Task[]> {
    return listTasks(this.tasks.values(), query);
  }

  async ofImage(imageId: string): Promise<readonly Task[]> {
    return [...this.tasks.values()].filter((task) => task.imageId === imageId.toLowerCase()).sort((a, b) => compareTasks(a, b, 'created_at'));
  }

  async open(after: string | undefined, limit: number): Promise<readonly string[]> {
    return this.rows()
      .filter(({ id, type, endedAt }) => type === 'import' && endedAt === null && (after === undefined || id > after))
      .map(({ id }) => id)
      .slice(0, limit);
  }
}

/** The page that a query asks for, out of all tasks. Throws `MarkerNotFound`. */
export function listTasks(all: Iterable<Task>, { viewer, filters, sort, limit, marker, endedAfter }: TaskQuery): Task[] {
  const visible = [...all].filter((task) => seesTask(viewer, task) && !isExpired(task, endedAfter));
  const after = marker === undefined ? undefined : visible.find(({ id }) => id === marker.toLowerCase());
  if (marker !== undefined && !after) throw new MarkerNotFound(marker);
  const order = (a: Task, b: Task) => (sort.direction === 'asc' ? 1 : -1) * compareTasks(a, b, sort.key);
  return visible
    .filter((task) => TASK_FILTER_KEYS.every((key) => filters[key] === undefined || taskValue(task, key) === filters[key]))
    .filter((task) => !after || order(task, after) > 0)
    .sort(order)
    .slice(0, limit);
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const NEVER = '9';

function sortValue(task: Task, key: TaskSortKey): string {
  if (key === 'created_at') return task.createdAt;
  if (key === 'updated_at') return task.updatedAt;
  return key === 'expires_at' ? (task.endedAt ?? NEVER) : taskValue(task, key);
}

function compareTasks(a: Task, b: Task, key: TaskSortKey): number {
  return compare(sortValue(a, key), sortValue(b, key)) || compare(a.createdAt, b.createdAt) || compare(a.id, b.id);
}

export const memoryTaskProjection = (tasks: MemoryTaskList): InlineProjection<TaskState, MemoryWrite> => ({
  name: 'task',
  streamPrefix: TASK_STREAMS,
  write: (change) => changedTasks(change).map((task) => () => tasks.upsert(task)),
});

export const memoryImageTasksProjection = (tasks: MemoryTaskList): InlineProjection<ImageState, MemoryWrite> => ({
  name: 'image-tasks',
  streamPrefix: IMAGE_STREAMS,
  write: (change) => changedImageTasks(change, IMAGE_STREAMS).map((task) => () => tasks.upsert(task)),
});
