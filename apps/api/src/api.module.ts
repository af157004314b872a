import { Module, type DynamicModule } from '@nestjs/common';
import { API_OPTIONS, type ApiOptions } from './api.options.js';
import { EverybodyIsAdmin, PRINCIPAL_SOURCE } from './http/principal.js';
import { VersionsController } from './http/versions.controller.js';
import { ImageDataController } from './v2/image-data.controller.js';
import { ImagesController } from './v2/images.controller.js';
import { SchemasController } from './v2/schemas/schemas.controller.js';

/** The Images API. The services of `#images` come from the application, once for all its modules. */
@Module({})
export class ApiModule {
  static forRoot(options: ApiOptions): DynamicModule {
    return {
      module: ApiModule,
      controllers: [VersionsController, SchemasController, ImagesController, ImageDataController],
      providers: [
        { provide: API_OPTIONS, useValue: options },
        { provide: PRINCIPAL_SOURCE, useClass: EverybodyIsAdmin },
      ],
      exports: [PRINCIPAL_SOURCE],
    };
  }
}
