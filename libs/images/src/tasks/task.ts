import type { Register } from '#event-store';
import type { TaskFailed, TaskRequested, TaskSucceeded } from './task.events.js';

export type TaskType = 'import' | 'api_image_import' | 'location_import';
export type TaskStatus = 'pending' | 'processing' | 'success' | 'failure';

/** A task as everybody outside the fold sees it. Times ISO 8601 with ms. */
export interface Task {
  readonly id: string;
  readonly type: TaskType;
  readonly status: TaskStatus;
  readonly owner: string | null;
  readonly user: string | null;
  readonly requestId: string | null;
  /** The image that it was about from the start. */
  readonly imageId: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** null: it is open. */
  readonly endedAt: string | null;
  readonly input: Readonly<Record<string, unknown>>;
  readonly result: Readonly<Record<string, unknown>> | null;
  /** Why it failed, and what else there is to say of it. */
  readonly message: string | null;
  /** To which it writes. */
  readonly stores: readonly string[];
}

type Ended = { readonly at: string } & ({ readonly outcome: 'success' } & TaskSucceeded['data'] | { readonly outcome: 'failure' } & TaskFailed['data']);

/** What the events of one stream say; of each fact the first counts. */
export interface TaskState {
  readonly requested?: Register<{ readonly at: string } & TaskRequested['data']>;
  readonly started?: Register<string>;
  readonly ended?: Register<Ended>;
}

export const TASK_STREAMS = 'task-';
export const taskStreamOf = (taskId: string): string => `${TASK_STREAMS}${taskId.toLowerCase()}`;

/** undefined where nobody asked for it. */
export function taskOf(id: string, { requested, started, ended }: TaskState): Task | undefined {
  if (!requested) return undefined;
  const { type, owner, user, requestId, input, at } = requested.value;
  const end = ended?.value;
  return {
    id, type, owner, user, requestId, input,
    imageId: null,
    status: end?.outcome ?? (started ? 'processing' : 'pending'),
    createdAt: at,
    updatedAt: end?.at ?? started?.value ?? at,
    endedAt: end?.at ?? null,
    result: end?.outcome === 'success' ? end.result : null,
    message: end?.outcome === 'failure' ? end.reason : null,
    stores: [],
  };
}
