import { Controller, Get } from '@nestjs/common';
import type { CommandContext } from '#event-store';
import { ImportService, StoresService, type StoreInfo } from '#images';
import { NoBody } from '../http/body.js';
import { Context } from '../http/principal.js';

/** What this site can do (images-v2 §10). */
@Controller('v2/info')
export class DiscoveryController {
  constructor(private readonly stores: StoresService, private readonly imports: ImportService) {}

  @Get('import')
  @NoBody()
  importMethods() {
    return { 'import-methods': { description: 'Import methods available.', type: 'array', value: this.imports.methods } };
  }

  @Get('stores')
  @NoBody()
  listStores() {
    return { stores: this.stores.list().map(storeView) };
  }

  @Get('stores/detail')
  @NoBody()
  detailStores(@Context() context: CommandContext) {
    const stores = this.stores.detail(context.actor).map((store) => ({ ...storeView(store), type: store.type, weight: store.weight, properties: store.properties }));
    return { stores };
  }
}

/** Truth is text here: that is how clients know it. */
const storeView = ({ id, description, isDefault, readOnly }: StoreInfo) => ({
  id,
  ...(description === '' ? {} : { description }),
  ...(isDefault ? { default: 'true' } : {}),
  ...(readOnly ? { 'read-only': 'true' } : {}),
});
