import type { StateChange } from '#event-store';
import { TASK_STREAMS, taskOf, type Task, type TaskState } from './task.js';

/** Rows only grow in facts: of two for one task that with more of them is the later. */
export const factsOf = ({ status }: Pick<Task, 'status'>): number => (status === 'pending' ? 0 : status === 'processing' ? 1 : 2);

/** The task of a stream of its own, where the change made it another. */
export function changedTasks({ stream, before, after }: Pick<StateChange<TaskState>, 'stream' | 'before' | 'after'>): Task[] {
  const id = stream.slice(TASK_STREAMS.length);
  return difference(one(taskOf(id, before)), one(taskOf(id, after)));
}

const one = (task: Task | undefined): readonly Task[] => (task ? [task] : []);

/** Those that are new or not what they were, by their whole content. */
export function difference(before: readonly Task[], after: readonly Task[]): Task[] {
  const old = new Map(before.map((task) => [task.id, JSON.stringify(task)]));
  return after.filter((task) => old.get(task.id) !== JSON.stringify(task));
}
