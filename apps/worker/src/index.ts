export { openJobBoard } from './board/open-job-board.js';
export { JOB_STATES, type FailedJob, type JobRunner, type KeptJob, type QueueCounts } from './job-runner.js';
export { runningJob } from './job-watch.js';
export { JobsUnavailable, JobTablesMissing, type JobsError } from './jobs.errors.js';
export { openJobRunner, type JobsOptions } from './open-job-runner.js';
export type { Found } from './open-work/add-open-work.js';
export { WorkerModule } from './worker.module.js';
export type { WorkerOptions } from './worker.options.js';
export { WorkerService } from './worker.service.js';
