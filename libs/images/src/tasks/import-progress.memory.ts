import { percentageOf, type ImportProgress, type StoreProgress } from './import-progress.js';

/** One process. */
export class MemoryImportProgress implements ImportProgress {
  private readonly tasks = new Map<string, Map<string, StoreProgress>>();

  constructor(private readonly isOpen: (taskId: string) => boolean) {}

  async set(taskId: string, store: string, bytes: number, total?: number): Promise<void> {
    const stores = this.live(taskId);
    const of = total ?? null;
    stores?.set(store, { store, bytes, total: of, percentage: percentageOf(bytes, of) });
  }

  async of(taskId: string): Promise<readonly StoreProgress[]> {
    return [...(this.live(taskId)?.values() ?? [])].toSorted((a, b) => (a.store < b.store ? -1 : 1));
  }

  private live(taskId: string): Map<string, StoreProgress> | undefined {
    const id = taskId.toLowerCase();
    for (const known of this.tasks.keys()) if (!this.isOpen(known)) this.tasks.delete(known);
    if (!this.isOpen(id)) return undefined;
    const stores = this.tasks.get(id) ?? new Map<string, StoreProgress>();
    this.tasks.set(id, stores);
    return stores;
  }
}
