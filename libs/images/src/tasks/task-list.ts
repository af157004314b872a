import type { Viewer } from '../read-model/image-list.js';
import type { Task } from './task.js';

/** By what lists can be sorted and filtered, by the API's names. */
export const TASK_FILTER_KEYS = ['id', 'type', 'status', 'owner', 'image_id', 'request_id', 'user_id'] as const;
export const TASK_SORT_KEYS = [...TASK_FILTER_KEYS, 'created_at', 'updated_at', 'expires_at'] as const;

export type TaskFilterKey = (typeof TASK_FILTER_KEYS)[number];
export type TaskSortKey = (typeof TASK_SORT_KEYS)[number];

export interface TaskQuery {
  /** Who is not an admin sees only the tasks of its project. */
  readonly viewer: Viewer;
  readonly filters: { readonly [K in TaskFilterKey]?: string };
  /** Then by `created_at` and `id`, all in the same direction. What is missing sorts as the empty text, what has not ended as the future. */
  readonly sort: { readonly key: TaskSortKey; readonly direction: 'asc' | 'desc' };
  readonly limit: number;
  /** Id of the task after which the page begins; `MarkerNotFound` where the viewer sees none of that id. */
  readonly marker?: string;
  /** What ended at this time (ISO 8601) or before is expired, and nobody sees it. */
  readonly endedAfter: string;
}

/** Tasks as lists and documents show them, from the streams of tasks and the imports of images. */
export interface TaskList {
  /** Whoever asks, and also when it is expired. Ids in any case. */
  find(id: string): Promise<Task | undefined>;
  list(query: TaskQuery): Promise<readonly Task[]>;
  /** All of an image, the oldest first; the expired ones too. Image ids in any case. */
  ofImage(imageId: string): Promise<readonly Task[]>;
  /** Ids of those of the Tasks API that have not ended, in order, after one of them. */
  open(after: string | undefined, limit: number): Promise<readonly string[]>;
}

export const TASK_LIST = Symbol('TaskList');

/** By the names of the columns. */
export const taskValue = (task: Task, key: TaskFilterKey): string => VALUES[key](task) ?? '';

const VALUES: Readonly<Record<TaskFilterKey, (task: Task) => string | null>> = {
  id: ({ id }) => id,
  type: ({ type }) => type,
  status: ({ status }) => status,
  owner: ({ owner }) => owner,
  image_id: ({ imageId }) => imageId,
  request_id: ({ requestId }) => requestId,
  user_id: ({ user }) => user,
};

export const seesTask = ({ admin, project }: Viewer, { owner }: Pick<Task, 'owner'>): boolean => admin || owner === null || owner === project;

export const isExpired = ({ endedAt }: Pick<Task, 'endedAt'>, endedAfter: string): boolean => endedAt !== null && endedAt <= endedAfter;
