import { Module, type DynamicModule } from '@nestjs/common';
import { API_OPTIONS, type ApiOptions } from './api.options.js';
import { KEYSTONE_SESSION, POLICY, type KeystoneSession, type Policy } from '#access';
import { principalSource } from './http/principal-source.js';
import { PRINCIPAL_SOURCE } from './http/principal.js';
import { VersionsController } from './http/versions.controller.js';
import { OpenApiController } from './openapi/openapi.controller.js';
import { ActionsController } from './v2/actions.controller.js';
import { CacheController } from './v2/cache.controller.js';
import { OldCacheController } from './v2/old-cache.controller.js';
import { DiscoveryController } from './v2/discovery.controller.js';
import { ImageDataController } from './v2/image-data.controller.js';
import { checkImageSchema } from './v2/image-validator.js';
import { ImagesController } from './v2/images.controller.js';
import { ImportController } from './v2/import.controller.js';
import { LocationsController } from './v2/locations.controller.js';
import { MembersController } from './v2/members.controller.js';
import { MetadefTagsController } from './v2/metadefs/metadef-tags.controller.js';
import { NamespacesController } from './v2/metadefs/namespaces.controller.js';
import { ObjectsController } from './v2/metadefs/objects.controller.js';
import { PropertiesController } from './v2/metadefs/properties.controller.js';
import { ResourceTypesController } from './v2/metadefs/resource-types.controller.js';
import { MetadefSchemasController } from './v2/schemas/metadef-schemas.controller.js';
import { SchemasController } from './v2/schemas/schemas.controller.js';
import { StoresController } from './v2/stores.controller.js';
import { TagsController } from './v2/tags.controller.js';
import { ImageDataV1 } from './v1/image-data.js';
import { ImageFileV1Controller } from './v1/image-file.controller.js';
import { ImagesV1Controller } from './v1/images.controller.js';
import { MembersV1Controller } from './v1/members.controller.js';
import { TasksController } from './v2/tasks.controller.js';
import { UsageController } from './v2/usage.controller.js';

/** The Images API. The services of `#images` and `#metadefs` come from the application, once for all its modules. */
@Module({})
export class ApiModule {
  static forRoot(options: ApiOptions): DynamicModule {
    checkImageSchema(options.image);
    return {
      module: ApiModule,
      controllers: [
        VersionsController, SchemasController, DiscoveryController, ImagesController, ImageDataController, TagsController, ActionsController,
        CacheController, ...(options.oldCachePaths ? [OldCacheController] : []), ImportController, LocationsController, MembersController, StoresController, UsageController, TasksController, OpenApiController,
        ...(options.v1 === true ? [ImagesV1Controller, ImageFileV1Controller, MembersV1Controller] : []),
        MetadefSchemasController, NamespacesController, PropertiesController, ObjectsController, MetadefTagsController, ResourceTypesController,
      ],
      providers: [
        { provide: API_OPTIONS, useValue: options },
        ImageDataV1,
        { provide: PRINCIPAL_SOURCE, inject: [POLICY, { token: KEYSTONE_SESSION, optional: true }],
          useFactory: (policy: Policy, session?: KeystoneSession) => principalSource(options, policy, session) },
      ],
      exports: [PRINCIPAL_SOURCE],
    };
  }
}
