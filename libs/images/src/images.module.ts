import { Module, type DynamicModule } from '@nestjs/common';
import { ImageDataService } from './image-data.service.js';
import { IMAGE_LIST, IMAGES_OPTIONS, type ImagesOptions } from './images.options.js';
import { ImagesService } from './images.service.js';
import type { ImageList } from './read-model/image-list.js';
import { RecoverUploads } from './recover-uploads.js';

/** What an image is, does, and looks like when read. Needs the (global) modules of event store and stores. */
@Module({})
export class ImagesModule {
  static forRoot(options: ImagesOptions, images: ImageList): DynamicModule {
    return {
      module: ImagesModule,
      global: true,
      providers: [
        { provide: IMAGES_OPTIONS, useValue: options },
        { provide: IMAGE_LIST, useValue: images },
        ImagesService, ImageDataService, RecoverUploads,
      ],
      exports: [IMAGE_LIST, ImagesService, ImageDataService, RecoverUploads],
    };
  }
}
