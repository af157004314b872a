/** What each process that works in the background does again and again, also while others do it. */
export interface Chore {
  readonly name: string;
  /** From the end of a run to the next. */
  readonly everyMs: number;
  /** The start waits for the first run. */
  readonly beforeStart?: boolean;
  /** Is done at once, too, when another process of the family has died. */
  readonly afterDeath?: boolean;
  /** And when the place of the jobs, which may have forgotten them, is back. */
  readonly afterReturn?: boolean;
  /** Rejections are logged; the next run is the next try. It should end soon after the signal has aborted. */
  run(signal: AbortSignal): Promise<void>;
}

export const CHORE_LIST = Symbol('ChoreList');
