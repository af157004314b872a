import { Logger, Module, type DynamicModule } from '@nestjs/common';
import { join } from 'node:path';
import { AccessModule, KeystoneSession, openKeyManager, openPolicy, openPropertyProtections, UnifiedLimits } from '#access';
import { EventStoreModule, type Admission } from '#event-store';
import { FixedLimits, holderOfThisProcess, imageDecider, taskDecider, ImagesModule, OwnerQuotas, ProjectLimits, type ImagesOptions, type Limits } from '#images';
import { metadefsDecider, MetadefsModule } from '#metadefs';
import type { Settings } from '#settings';
import { locationCipher, StoresModule, type LocationCipher, type NodeCache, type Stores } from '#stores';
import type { Persistence } from './persistence.js';

/** What every process has; the parts are what it does with it: serve HTTP, work in the background, or both. */
@Module({})
export class AppModule {
  static forRoot(settings: Settings, persistence: Persistence, stores: Stores, parts: readonly DynamicModule[], cache?: NodeCache): DynamicModule {
    const cipher = locationCipher(settings.images.metadataEncryptionKey);
    const { store, claims, checkpoints, projections, follows, contracted, images, usage, metadefs, tasks } = persistence;
    const keystone = settings.keystone && new KeystoneSession(settings.keystone.connection);
    const policy = openPolicy(settings.policy, new Logger('Policy'));
    const protections = openPropertyProtections(settings.propertyProtections, policy, (text) => new Logger('AppModule').warn(text));
    policy.tellUnused();
    const quotas = new OwnerQuotas(usage, limitsOf(settings));
    return {
      module: AppModule,
      imports: [
        AccessModule.forRoot(policy, protections, keystone),
        EventStoreModule.forRoot({
          site: settings.site, store, claims, checkpoints, deciders: [imageDecider, metadefsDecider, taskDecider], contracted,
          ...(follows ? { follows: { ...follows, projections } } : { projections }),
          admission: quotas.limited ? (quotas as Admission) : undefined,
        }),
        StoresModule.forRoot(stores, cache),
        ImagesModule.forRoot(imagesOptions(settings, cipher), images, openKeyManager(settings.keyManager, keystone && (() => keystone.endpoint('key-manager', settings.keyManager.inCatalog)), keystone && (() => keystone.token())), quotas, { ...tasks, options: settings.tasks }),
        MetadefsModule.forRoot(metadefs),
        ...parts,
      ],
    };
  }
}

function limitsOf({ keystoneLimits, images }: Settings): Limits {
  if (!keystoneLimits) return new FixedLimits(images.ownerLimits);
  const { connection, endpoint, hard } = keystoneLimits;
  return new ProjectLimits(new UnifiedLimits(new KeystoneSession(connection), endpoint), !hard);
}

function imagesOptions({ site, images, formats, imports, staging, stateDir, eventStore }: Settings, { encrypt, decrypt }: LocationCipher): ImagesOptions {
  return {
    site,
    quotas: images.quotas,
    imageSizeCap: images.sizeCap,
    hashingAlgorithm: images.hashingAlgorithm,
    formats,
    holder: holderOfThisProcess(),
    keepDeletedFor: images.keepDeletedFor,
    selfUrl: imports.selfUrl,
    importMethods: imports.methods,
    node: staging.node,
    secretsFile: eventStore.kind === 'memory' ? undefined : join(stateDir, 'secrets.key'),
    maxParallelStores: imports.maxParallelStores,
    locationsSealed: images.metadataEncryptionKey !== undefined,
    encryptLocation: encrypt,
    decryptLocation: decrypt,
  };
}
