import type { Settings } from '#settings';
import type { DatabaseAt } from './persistence.js';

/** All that serves, in one process or in several. */
export interface Service {
  /** Resolves with the address when everything is ready and listens. */
  start(database: Promise<DatabaseAt | undefined>): Promise<string>;
  /** Takes new settings while it serves, and tells which it cannot; rejects where nothing has changed. */
  reload(settings: Settings): Promise<void>;
  /** What is running may take so long. */
  stop(graceMs: number): Promise<void>;
  /** Ends all other processes without waiting. */
  kill(): void;
}
