import { Module, type DynamicModule } from '@nestjs/common';
import { Stores } from './stores.js';
import { UriFilter } from './uri-filter/uri-filter.js';

/** Global. Call `Stores.check` before, so that a store that cannot work stops the start. */
@Module({})
export class StoresModule {
  static forRoot(stores: Stores): DynamicModule {
    const providers = [{ provide: Stores, useValue: stores }, { provide: UriFilter, useValue: stores.uriFilter }];
    return { module: StoresModule, global: true, providers, exports: [Stores, UriFilter] };
  }
}
