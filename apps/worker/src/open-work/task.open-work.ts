import { Inject, Injectable } from '@nestjs/common';
import { StreamReader } from '#event-store';
import { TASK_LIST, taskStreamOf, type TaskList } from '#images';
import type { Job } from '../job-runner.js';
import { taskJob } from '../reactors/run-task-when-requested.reactor.js';
import type { OpenWork } from './open-work.js';

/** Tasks of the Tasks API that nobody has ended. */
@Injectable()
export class TaskOpenWork implements OpenWork {
  readonly kind = 'task';

  constructor(private readonly streams: StreamReader, @Inject(TASK_LIST) private readonly tasks: TaskList) {}

  readonly find = (after: string | undefined, limit: number): Promise<readonly string[]> => this.tasks.open(after, limit);

  async jobsFor(taskId: string): Promise<readonly Job[]> {
    const { events } = await this.streams.load(taskStreamOf(taskId));
    const request = events.find(({ type }) => type === 'TaskRequested');
    return request ? [taskJob(request.meta)] : [];
  }
}
