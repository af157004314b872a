import type { DomainEvent } from '#event-store';

/** A task of the Tasks API (images-v2 §17); `TaskRequested` says all that its job needs to know. */
export type TaskRequested = DomainEvent<'TaskRequested', {
  type: 'import';
  /** The requester's project. */
  owner: string | null;
  user: string | null;
  requestId: string | null;
  /** As the client said it, without user and password in URLs. */
  input: Record<string, unknown>;
  /** Where the data comes from; encrypted where a key is configured, and never with credentials otherwise. */
  source: string;
  /** Of the image that the task is to make. */
  imageId: string;
  /** The image as it is to be created. */
  image: Record<string, unknown>;
}>;
export type TaskStarted = DomainEvent<'TaskStarted', Record<never, never>>;
export type TaskSucceeded = DomainEvent<'TaskSucceeded', { result: Record<string, unknown> }>;
export type TaskFailed = DomainEvent<'TaskFailed', { reason: string }>;

export type TaskEvent = TaskRequested | TaskStarted | TaskSucceeded | TaskFailed;

export const TASK_EVENT_VERSIONS: Readonly<Record<TaskEvent['type'], number>> = {
  TaskRequested: 1,
  TaskStarted: 1,
  TaskSucceeded: 1,
  TaskFailed: 1,
};

/** A task runs where it was asked for. */
export const TASK_EVENT_SCOPES: Readonly<Record<TaskEvent['type'], 'every-site' | 'this-site'>> = {
  TaskRequested: 'this-site',
  TaskStarted: 'this-site',
  TaskSucceeded: 'this-site',
  TaskFailed: 'this-site',
};
