import { Module, type DynamicModule } from '@nestjs/common';
import { NODE_CACHE, type NodeCache } from './cache/node-cache.js';
import { Stores } from './stores.js';
import { UriFilter } from './uri-filter/uri-filter.js';

/** Global. Call `Stores.check` before, so that a store that cannot work stops the start. */
@Module({})
export class StoresModule {
  static forRoot(stores: Stores, cache?: NodeCache): DynamicModule {
    const providers = [{ provide: Stores, useValue: stores }, { provide: UriFilter, useValue: stores.uriFilter }, { provide: NODE_CACHE, useValue: cache }];
    return { module: StoresModule, global: true, providers, exports: [Stores, UriFilter, NODE_CACHE] };
  }
}
