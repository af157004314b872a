import type { JobsOptions } from '../open-job-runner.js';
import type { JobBoard } from './job-board.js';

/** What the board is made of is loaded only where there is one. */
export async function openJobBoard(jobs: JobsOptions, path: string): Promise<JobBoard> {
  const { JobBoard } = await import('./job-board.js');
  return new JobBoard(jobs, path);
}
