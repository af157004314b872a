import type { LoggedEvent } from '../event.js';

/** An event with its place among all, counted from 1, and the head of the log there. */
export interface NumberedEvent extends LoggedEvent {
  readonly head: Buffer;
}
