import { Logger, Module, type DynamicModule } from '@nestjs/common';
import { AccessModule, openKeyManager, openPolicy, openPropertyProtections } from '#access';
import { EventStoreModule, type Admission } from '#event-store';
import { FixedLimits, holderOfThisProcess, imageDecider, ImagesModule, OwnerQuotas, type ImagesOptions } from '#images';
import { metadefsDecider, MetadefsModule } from '#metadefs';
import type { Settings } from '#settings';
import { locationCipher, StoresModule, type LocationCipher, type Stores } from '#stores';
import type { Persistence } from './persistence.js';

/** What every process has; the parts are what it does with it: serve HTTP, work in the background, or both. */
@Module({})
export class AppModule {
  static forRoot(settings: Settings, persistence: Persistence, stores: Stores, parts: readonly DynamicModule[]): DynamicModule {
    const cipher = locationCipher(settings.images.metadataEncryptionKey);
    const { store, claims, checkpoints, projections, images, usage, metadefs } = persistence;
    const policy = openPolicy(settings.policy);
    const protections = openPropertyProtections(settings.propertyProtections, policy, (text) => new Logger('AppModule').warn(text));
    const quotas = new OwnerQuotas(usage, new FixedLimits(settings.images.ownerLimits));
    return {
      module: AppModule,
      imports: [
        AccessModule.forRoot(policy, protections),
        EventStoreModule.forRoot({
          site: settings.site, store, claims, checkpoints, deciders: [imageDecider, metadefsDecider], projections,
          admission: quotas.limited ? (quotas as Admission) : undefined,
        }),
        StoresModule.forRoot(stores),
        ImagesModule.forRoot(imagesOptions(settings, cipher), images, openKeyManager(settings.keyManager), quotas),
        MetadefsModule.forRoot(metadefs),
        ...parts,
      ],
    };
  }
}

function imagesOptions({ site, images, formats }: Settings, { encrypt, decrypt }: LocationCipher): ImagesOptions {
  return {
    site,
    quotas: images.quotas,
    imageSizeCap: images.sizeCap,
    hashingAlgorithm: images.hashingAlgorithm,
    formats,
    holder: holderOfThisProcess(),
    keepDeletedFor: images.keepDeletedFor,
    locationsSealed: images.metadataEncryptionKey !== undefined,
    encryptLocation: encrypt,
    decryptLocation: decrypt,
  };
}
