import type { JobsOptions } from './open-job-runner.js';

export interface WorkerOptions {
  /** False: nothing begins by itself. */
  readonly working?: boolean;
  readonly jobs: JobsOptions;
  /** Absent: others scrub. */
  readonly scrubbing?: { readonly everySeconds: number; readonly parallel: number };
}

export const WORKER_OPTIONS = Symbol('WorkerOptions');
