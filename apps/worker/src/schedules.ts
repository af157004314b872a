import type { Schedule } from './job-runner.js';
import type { WorkerOptions } from './worker.options.js';

/** What comes back, once for all processes that share the queues: each part of the program gives a list of its own, by a line here. */
export const schedulesOf = (_options: WorkerOptions): readonly Schedule[] => [];
