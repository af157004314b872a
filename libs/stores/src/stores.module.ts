import { Module, type DynamicModule } from '@nestjs/common';
import { Stores } from './stores.js';

/** Global. Call `Stores.check` before, so that a store that cannot work stops the start. */
@Module({})
export class StoresModule {
  static forRoot(stores: Stores): DynamicModule {
    return { module: StoresModule, global: true, providers: [{ provide: Stores, useValue: stores }], exports: [Stores] };
  }
}
