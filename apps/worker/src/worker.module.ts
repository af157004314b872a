import { Module, type DynamicModule, type Provider, type Type } from '@nestjs/common';
import { CHORE_LIST } from './chores/chore.js';
import { ChoreRunner } from './chores/chore-runner.js';
import { CHORES } from './chores.js';
import { ImportSources } from './import/import-sources.js';
import { ImportTools } from './import/import-tools.js';
import { JOB_RUNNER, PROCESSOR_LIST } from './job-runner.js';
import { JobMetrics } from './metrics/job-metrics.js';
import { Metrics } from './metrics/metrics.js';
import { openJobRunner } from './open-job-runner.js';
import { AddOpenWork } from './open-work/add-open-work.js';
import { OPEN_WORK_LIST } from './open-work/open-work.js';
import { OPEN_WORK } from './open-work.js';
import { PROCESSORS } from './processors.js';
import { REACTOR_LIST } from './reactors/reactor-list.js';
import { REACTORS } from './reactors.js';
import { WORKER_OPTIONS, type WorkerOptions } from './worker.options.js';
import { WorkerService } from './worker.service.js';

/** The classes, and all of them as a list. */
const listed = (list: symbol, classes: readonly Type[]): Provider[] => [
  ...classes,
  { provide: list, useFactory: (...all: unknown[]) => all, inject: [...classes] },
];

/** Background work. The services of `#images`, `#stores` and `#event-store` come from the application. */
@Module({})
export class WorkerModule {
  static forRoot(options: WorkerOptions): DynamicModule {
    return {
      module: WorkerModule,
      providers: [
        { provide: WORKER_OPTIONS, useValue: options },
        { provide: JOB_RUNNER, inject: [JobMetrics], useFactory: (watch: JobMetrics) => openJobRunner({ ...options.jobs, watch }) },
        ...listed(PROCESSOR_LIST, PROCESSORS),
        ...listed(REACTOR_LIST, REACTORS),
        ...listed(OPEN_WORK_LIST, OPEN_WORK),
        ...listed(CHORE_LIST, CHORES),
        AddOpenWork, ImportSources, ImportTools, ChoreRunner, JobMetrics, Metrics, WorkerService,
      ],
      exports: [WorkerService],
    };
  }
}
