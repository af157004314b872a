import type { DomainEvent, RecordedEvent } from './event.js';

/**
 * Starts work when an event has happened; the work itself is a job. `react` is called at least once for each matching
 * event in log order, by one process at a time; the checkpoint moves after it resolved. It must be harmless when called
 * again, and is retried with backoff when it rejects.
 */
export interface Reactor<E extends DomainEvent = DomainEvent> {
  /** `<effect>-when-<cause>`; never changes: it is the key of the checkpoint. */
  readonly name: string;
  readonly types: readonly E['type'][];
  /** Where a reactor that has no checkpoint yet starts. */
  readonly from: 'now' | 'beginning';
  /** `own`: only events of this site. */
  readonly origin: 'own' | 'any';
  react(event: RecordedEvent<E>): Promise<void>;
}
