import type { JobsOptions } from './open-job-runner.js';

export interface WorkerOptions {
  readonly jobs: JobsOptions;
  readonly decryptLocation: (stored: string) => string;
}

export const WORKER_OPTIONS = Symbol('WorkerOptions');
