import { FilesystemStore, type FilesystemOptions } from './drivers/filesystem/filesystem.store.js';
import { MemoryStore } from './drivers/memory/memory.store.js';
import type { StoreLabel } from './guarded-store.js';
import type { StoreDriver } from './store.js';

interface Named extends StoreLabel {
  readonly id: string;
}

export type StoreSettings =
  | (Named & { readonly type: 'file'; readonly options: FilesystemOptions })
  | (Named & { readonly type: 'memory' });

export function createDriver(settings: StoreSettings): StoreDriver {
  return settings.type === 'file' ? new FilesystemStore(settings.id, settings.options) : new MemoryStore(settings.id);
}
