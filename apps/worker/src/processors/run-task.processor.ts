import { Injectable } from '@nestjs/common';
import { RunTask } from '#images';
import { ImportSources } from '../import/import-sources.js';
import type { Processor } from '../job-runner.js';
import type { RunTaskJob } from '../queues.js';
import { workerContext } from '../worker-context.js';

/** Does what a task of the Tasks API asked for, and ends it. */
@Injectable()
export class RunTaskProcessor implements Processor<'run-task'> {
  readonly name = 'run-task';

  constructor(private readonly tasks: RunTask, private readonly sources: ImportSources) {}

  async process({ taskId, causationId, correlationId }: RunTaskJob, signal: AbortSignal): Promise<void> {
    await this.tasks.run(workerContext({ causationId, correlationId }), taskId, this.sources.openUri, signal);
  }
}
