import { Module, type DynamicModule } from '@nestjs/common';
import { JOB_RUNNER } from './job-runner.js';
import { openJobRunner } from './open-job-runner.js';
import { WORKER_OPTIONS, type WorkerOptions } from './worker.options.js';
import { WorkerService } from './worker.service.js';

/** Background work. The services of `#images`, `#stores` and `#event-store` come from the application. */
@Module({})
export class WorkerModule {
  static forRoot(options: WorkerOptions): DynamicModule {
    return {
      module: WorkerModule,
      providers: [
        { provide: WORKER_OPTIONS, useValue: options },
        { provide: JOB_RUNNER, useFactory: () => openJobRunner(options.jobs) },
        WorkerService,
      ],
      exports: [WorkerService],
    };
  }
}
