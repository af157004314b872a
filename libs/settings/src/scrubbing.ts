import type { Values } from './options/index.js';

export interface Scrubbing {
  /** Images at a time. */
  readonly parallel: number;
  /** From the end of a run to the next. */
  readonly everySeconds: number;
  /** False: only `glance-scrubber` scrubs. */
  readonly inServer: boolean;
}

/** Glance takes 0, and then never rests. */
const LEAST_SECONDS = 1;

export const scrubbingOf = ({ DEFAULT: own, scrubber }: Values): Scrubbing => ({
  parallel: own.scrub_pool_size,
  everySeconds: Math.max(own.wakeup_time, LEAST_SECONDS),
  inServer: scrubber.in_server,
});
