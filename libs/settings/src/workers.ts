import { availableParallelism } from 'node:os';
import type { Databases } from './database-urls.js';
import type { Values } from './options/index.js';
import { BadSetting } from './settings.errors.js';

/** Glance's own, however many CPUs there are. */
const MOST_BY_DEFAULT = 8;

/** One for each CPU, where there is a configuration file; who just tries it out has one process that does all. */
export function workersOf({ DEFAULT: { workers } }: Values, { eventStore }: Databases, configured: boolean): number {
  if (eventStore.kind === 'memory') {
    if (workers) throw new BadSetting('DEFAULT', 'workers', String(workers), 'with events in memory there can be one process only: allowed is 0');
    return 0;
  }
  return workers ?? (configured ? Math.min(MOST_BY_DEFAULT, availableParallelism()) : 0);
}
