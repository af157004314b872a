import type { Schedule } from './job-runner.js';
import type { WorkerOptions } from './worker.options.js';

/** What comes back, once for all processes that share the queues: each part of the program gives a list of its own, by a line here. */
export const schedulesOf = ({ cache }: WorkerOptions): readonly Schedule[] => [...(cache ? cacheSchedules(cache.node, cache.everySeconds * 1000) : [])];

const cacheSchedules = (node: string, everyMs: number): readonly Schedule[] => [
  { name: `prune-cache.${node}`, everyMs, job: 'prune-cache', data: {}, node },
  { name: `clean-cache.${node}`, everyMs, job: 'clean-cache', data: {}, node },
];
