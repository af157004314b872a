/** There is no such task, or the caller may not see it. */
export class TaskNotFound extends Error {
  readonly code = 'TaskNotFound';
  constructor(readonly id: string) {
    super(`No task found with ID ${id}`);
  }
}

/** What a task is to do cannot be done, whatever is tried. */
export class InvalidTask extends Error {
  readonly code = 'InvalidTask';
}

export type TaskError = TaskNotFound | InvalidTask;
