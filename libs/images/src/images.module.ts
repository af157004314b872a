import { Module, type DynamicModule } from '@nestjs/common';
import { KEY_MANAGER, NoKeyManager, type KeyManager } from '#access';
import { DELETION_PROVIDERS } from './deletion.providers.js';
import { ExternalDataService } from './external-data.service.js';
import { LegacyMembersService } from './legacy-members.service.js';
import { GivenLocations } from './given-locations.js';
import { CachedImagesService } from './cached-images.service.js';
import { ImageAccess } from './image-access.js';
import { ImageDataService } from './image-data.service.js';
import { ImageDownloadService } from './image-download.service.js';
import { ImageLocationsService } from './image-locations.service.js';
import { IMPORT_PROVIDERS } from './import/import.providers.js';
import { LeasedImages } from './leased-images.js';
import { IMAGE_LIST, IMAGES_OPTIONS, type ImagesOptions } from './images.options.js';
import { ImagesService } from './images.service.js';
import type { ImageList } from './read-model/image-list.js';
import { MemberAccess } from './member-access.js';
import { MembersService } from './members.service.js';
import { PropertyAccess } from './property-access.js';
import { RECONCILE_PROVIDERS } from './reconcile/reconcile.providers.js';
import { RecoverUploads } from './recover-uploads.js';
import { SignatureVerifier } from './signature/signature-verifier.js';
import { StoresService } from './stores.service.js';
import { memoryTaskParts } from './tasks/task-parts.js';
import { TASK_TOKENS, taskProviders } from './tasks/task-providers.js';
import { MemoryUsage } from './usage/usage.memory.js';
import { FixedLimits } from './usage/limits.js';
import { OwnerQuotas } from './usage/owner-quotas.js';

/** What an image is, does, and looks like when read. Needs the (global) modules of event store and stores. */
@Module({})
export class ImagesModule {
  static forRoot(options: ImagesOptions, images: ImageList, keyManager: KeyManager = new NoKeyManager(), quotas = new OwnerQuotas(new MemoryUsage(), new FixedLimits({})), tasks = memoryTaskParts()): DynamicModule {
    return {
      module: ImagesModule,
      global: true,
      providers: [
        { provide: IMAGES_OPTIONS, useValue: options },
        { provide: IMAGE_LIST, useValue: images },
        { provide: KEY_MANAGER, useValue: keyManager },
        { provide: OwnerQuotas, useValue: quotas },
        ...taskProviders(tasks), ...IMPORT_PROVIDERS,
        ImageAccess, LeasedImages, PropertyAccess, GivenLocations, ImagesService, ImageLocationsService, ImageDataService, ImageDownloadService, RecoverUploads, SignatureVerifier, StoresService,
        CachedImagesService, MemberAccess, MembersService, LegacyMembersService, ExternalDataService, ...DELETION_PROVIDERS, ...RECONCILE_PROVIDERS,
      ],
      exports: [...TASK_TOKENS, CachedImagesService, ...IMPORT_PROVIDERS, IMAGE_LIST, ImageAccess, LeasedImages, ImagesService, ImageLocationsService, ImageDataService, ImageDownloadService, MembersService, LegacyMembersService, ExternalDataService, RecoverUploads, ...DELETION_PROVIDERS, ...RECONCILE_PROVIDERS, StoresService, OwnerQuotas],
    };
  }
}
