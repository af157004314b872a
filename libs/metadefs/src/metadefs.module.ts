import { Module, type DynamicModule } from '@nestjs/common';
import { AdoptedDefinitions } from './adopted-definitions.js';
import { DefaultDefinitions } from './default-definitions.js';
import { DefinitionsService } from './definitions.service.js';
import { MetadefFiles } from './metadef-files.js';
import { METADEF_CATALOG } from './metadefs.options.js';
import { MetadefsService } from './metadefs.service.js';
import { NamespaceAccess } from './namespace-access.js';
import { NamespaceNames } from './namespace-names.js';
import type { MetadefCatalog } from './read-model/catalog.js';

/** What metadata is defined for whom. Needs the (global) modules of event store and policy. */
@Module({})
export class MetadefsModule {
  static forRoot(catalog: MetadefCatalog): DynamicModule {
    return {
      module: MetadefsModule,
      global: true,
      providers: [{ provide: METADEF_CATALOG, useValue: catalog }, NamespaceAccess, NamespaceNames, MetadefsService, DefinitionsService, DefaultDefinitions, AdoptedDefinitions, MetadefFiles],
      exports: [METADEF_CATALOG, MetadefsService, DefinitionsService, DefaultDefinitions, AdoptedDefinitions, MetadefFiles],
    };
  }
}
