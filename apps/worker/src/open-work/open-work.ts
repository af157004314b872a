import type { OpenWork as OpenWorkKind } from '#images';
import type { Job } from '../job-runner.js';

/** How one kind of work that an event began and none has ended is taken up again. */
export interface OpenWork {
  readonly kind: OpenWorkKind | 'task';
  /** Ids of what has such work, in order; absent: images that have it. */
  find?(after: string | undefined, limit: number): Promise<readonly string[]>;
  /** The jobs that the work needs, with the ids that its reactors give them; none where it is done by now. */
  jobsFor(id: string): Promise<readonly Job[]>;
}

export const OPEN_WORK_LIST = Symbol('OpenWorkList');
