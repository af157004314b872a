import { FilesystemStore, type FilesystemOptions } from './drivers/filesystem/filesystem.store.js';
import { HttpStore, type HttpOptions } from './drivers/http/http.store.js';
import { MemoryStore } from './drivers/memory/memory.store.js';
import type { StoreLabel } from './guarded-store.js';
import type { StoreDriver } from './store.js';
import type { UriFilter } from './uri-filter/uri-filter.js';

interface Named extends StoreLabel {
  readonly id: string;
}

export type StoreSettings =
  | (Named & { readonly type: 'file'; readonly options: FilesystemOptions })
  | (Named & { readonly type: 'http'; readonly options: HttpOptions })
  | (Named & { readonly type: 'memory' });

/** The filter judges where a store may go that follows URLs of others. */
export function createDriver(settings: StoreSettings, filter: UriFilter): StoreDriver {
  switch (settings.type) {
    case 'file':
      return new FilesystemStore(settings.id, settings.options);
    case 'http':
      return new HttpStore(settings.id, filter, settings.options);
    case 'memory':
      return new MemoryStore(settings.id);
  }
}
