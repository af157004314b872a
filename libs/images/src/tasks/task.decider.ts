import { older, stampText, StreamCommand, type CommandContext, type Decider, type FoldEvent } from '#event-store';
import { TaskNotFound } from './task.errors.js';
import { TASK_EVENT_VERSIONS, type TaskEvent, type TaskFailed, type TaskRequested, type TaskSucceeded } from './task.events.js';
import { TASK_STREAMS, taskStreamOf, type TaskState } from './task.js';

/** A command on one task. */
export abstract class TaskCommand extends StreamCommand<TaskState> {
  readonly stream: string;

  constructor(context: CommandContext, readonly taskId: string) {
    super(context);
    this.stream = taskStreamOf(taskId);
  }

  abstract decide(state: TaskState): readonly TaskEvent[];
}

export class RequestTask extends TaskCommand {
  override readonly creates = true;

  constructor(context: CommandContext, taskId: string, readonly asked: TaskRequested['data']) {
    super(context, taskId);
  }

  decide({ requested }: TaskState): TaskEvent[] {
    return requested ? [] : [{ type: 'TaskRequested', data: this.asked }];
  }
}

/** Somebody works on it; harmless where somebody did before. */
export class StartTask extends TaskCommand {
  decide(state: TaskState): TaskEvent[] {
    return isOpen(this, state) && !state.started ? [{ type: 'TaskStarted', data: {} }] : [];
  }
}

/** Of several ends the first counts. */
export class SucceedTask extends TaskCommand {
  constructor(context: CommandContext, taskId: string, readonly result: TaskSucceeded['data']['result']) {
    super(context, taskId);
  }

  decide(state: TaskState): TaskEvent[] {
    return isOpen(this, state) ? [{ type: 'TaskSucceeded', data: { result: this.result } }] : [];
  }
}

export class FailTask extends TaskCommand {
  constructor(context: CommandContext, taskId: string, readonly reason: TaskFailed['data']['reason']) {
    super(context, taskId);
  }

  decide(state: TaskState): TaskEvent[] {
    return isOpen(this, state) ? [{ type: 'TaskFailed', data: { reason: this.reason } }] : [];
  }
}

function isOpen({ taskId }: TaskCommand, { requested, ended }: TaskState): boolean {
  if (!requested) throw new TaskNotFound(taskId);
  return !ended;
}

export function evolveTask(state: TaskState, { type, data, meta }: FoldEvent<TaskEvent>): TaskState {
  const stamp = stampText(meta);
  const { at } = meta;
  const event = { type, data } as TaskEvent;
  switch (event.type) {
    case 'TaskRequested':
      return { ...state, requested: older(state.requested, { value: { at, ...event.data }, stamp }) };
    case 'TaskStarted':
      return { ...state, started: older(state.started, { value: at, stamp }) };
    case 'TaskSucceeded':
      return { ...state, ended: older(state.ended, { value: { at, outcome: 'success', ...event.data }, stamp }) };
    case 'TaskFailed':
      return { ...state, ended: older(state.ended, { value: { at, outcome: 'failure', ...event.data }, stamp }) };
  }
}

export const taskDecider: Decider<TaskState, TaskCommand, TaskEvent> = {
  streamPrefix: TASK_STREAMS,
  initialState: () => ({}),
  evolve: evolveTask,
  decide: (command, state) => command.decide(state),
  versions: TASK_EVENT_VERSIONS,
  upcasts: {},
};
