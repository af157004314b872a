export { JobsUnavailable, type JobsError } from './jobs.errors.js';
export { WorkerModule } from './worker.module.js';
export type { WorkerOptions } from './worker.options.js';
export { WorkerService } from './worker.service.js';
