import type { LoggedEvent } from '../event.js';

/** An event with its place among all, as only stores with dense positions give it. */
export interface NumberedEvent extends LoggedEvent {
  readonly head: Buffer;
}

/** Throws where the event is of a store whose positions are not dense. */
export function numbered(event: LoggedEvent): NumberedEvent {
  const { head } = event;
  if (head === null) throw new TypeError('the events of this store are not numbered: its log cannot be moved so');
  return { ...event, head };
}
