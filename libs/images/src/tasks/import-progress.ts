/** How far the copy into one store is. */
export interface StoreProgress {
  readonly store: string;
  readonly bytes: number;
  /** Bytes in all; null where nobody knows. */
  readonly total: number | null;
  /** 0 to 100 of the total. */
  readonly percentage: number | null;
}

/** How far imports are: process state, never history; it may be lost, and is of the past when it is read. */
export interface ImportProgress {
  /** Nothing where the task has ended or is not known. Callers keep it to about once a second. */
  set(taskId: string, store: string, bytes: number, total?: number): Promise<void>;
  /** In the order of the stores' names; none of a task that has ended. */
  of(taskId: string): Promise<readonly StoreProgress[]>;
}

export const IMPORT_PROGRESS = Symbol('ImportProgress');

/** Never more than 100, though the data be larger than was said. */
export function percentageOf(bytes: number, total: number | null): number | null {
  if (total === null) return null;
  return total === 0 ? 100 : Math.min(100, Math.round((bytes / total) * 1000) / 10);
}
