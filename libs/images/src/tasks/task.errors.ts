/** There is no such task, or the caller may not see it. */
export class TaskNotFound extends Error {
  readonly code = 'TaskNotFound';
  constructor(readonly id: string) {
    super(`No task found with ID ${id}`);
  }
}

export type TaskError = TaskNotFound;
