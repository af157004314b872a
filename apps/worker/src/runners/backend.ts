import type { BackendFactory, IQueueBackend } from 'bullmq';

/** Where BullMQ keeps its queues. */
export interface Backend<B extends IQueueBackend, C> {
  readonly factory: BackendFactory<B, C>;
  /** Begins every key in Redis. */
  readonly prefix: string;
  /** For adding: rejects where the place cannot be reached. */
  readonly producing: C;
  /** For working: waits until the place is back. */
  readonly consuming: C;
  /** Of a place that may forget what it kept when it is away. */
  onReturn?(listener: () => void): void;
  close(): Promise<void>;
}
