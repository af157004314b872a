import { Module, type DynamicModule } from '@nestjs/common';
import { AccessModule, openKeyManager, openPolicy } from '#access';
import { ApiModule, createHttpApp, type ApiOptions } from '#apps/api';
import { WorkerModule, WorkerService } from '#apps/worker';
import { EventStoreModule, type Admission } from '#event-store';
import { FixedLimits, holderOfThisProcess, imageDecider, ImageDataService, ImagesModule, OwnerQuotas, type ImagesOptions } from '#images';
import { DefaultDefinitions, metadefsDecider, MetadefsModule } from '#metadefs';
import type { Settings } from '#settings';
import { locationCipher, Stores, StoresModule, UriFilter, type LocationCipher } from '#stores';
import { HttpEnd } from './http-end.js';
import { memoryPersistence, postgresPersistence, type Persistence } from './persistence.js';

/** Jobs run again later: they need no long grace. */
const JOBS_GRACE_MS = 1_000;

/** Every part of Afterimage in one process. */
@Module({})
export class AppModule {
  static forRoot(settings: Settings, persistence: Persistence, stores: Stores, database: { url: string } | undefined): DynamicModule {
    const cipher = locationCipher(settings.images.metadataEncryptionKey);
    const { store, claims, checkpoints, projections, images, usage, metadefs } = persistence;
    const quotas = new OwnerQuotas(usage, new FixedLimits(settings.images.ownerLimits));
    return {
      module: AppModule,
      imports: [
        AccessModule.forRoot(openPolicy(settings.policy)),
        EventStoreModule.forRoot({
          site: settings.site, store, claims, checkpoints, deciders: [imageDecider, metadefsDecider], projections,
          admission: quotas.limited ? (quotas as Admission) : undefined,
        }),
        StoresModule.forRoot(stores),
        ImagesModule.forRoot(imagesOptions(settings, cipher), images, openKeyManager(settings.keyManager), quotas),
        MetadefsModule.forRoot(metadefs),
        ApiModule.forRoot(apiOptions(settings, cipher)),
        WorkerModule.forRoot({ jobs: { ...settings.jobs, url: settings.jobs.url ?? database?.url }, decryptLocation: cipher.decrypt }),
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

function apiOptions({ authentication, images, formats, imageSchema, stores, listener }: Settings, { decrypt }: LocationCipher): ApiOptions {
  return {
    authentication,
    cache: false,
    multiStore: stores.multi,
    publicEndpoint: listener.publicEndpoint,
    image: { diskFormats: formats.disk, containerFormats: formats.container, additional: images.additionalProperties, ...imageSchema },
    view: { directUrl: images.showDirectUrl, locations: images.showMultipleLocations, multiStore: stores.multi, decryptLocation: decrypt },
    paging: { limitDefault: images.limitParamDefault, limitMax: images.apiLimitMax },
  };
}

/** Starts everything; nothing listens before every part is ready. */
export async function startApp(settings: Settings, database: { url: string } | undefined): Promise<{ address: string; stop(graceMs: number): Promise<void> }> {
  const stores = new Stores(settings.stores.backends, settings.stores.default, { uriFilter: new UriFilter(settings.uriFilter), several: settings.stores.multi });
  await stores.check();
  const persistence = database ? await postgresPersistence(database.url) : memoryPersistence();
  const { listener } = settings;
  const app = await createHttpApp(AppModule.forRoot(settings, persistence, stores, database), {
    cache: false,
    multiStore: settings.stores.multi,
    maxRequestIdLength: listener.maxRequestIdLength,
    maxHeaderLine: listener.maxHeaderLine,
    keepAlive: listener.keepAlive,
    clientSocketTimeout: listener.clientSocketTimeout,
  });
  await app.init();
  if (settings.metadefs.loadDefaults) await app.get(DefaultDefinitions).load();
  const end = new HttpEnd(app.getHttpServer());
  await app.listen({ host: listener.host, port: listener.port, backlog: listener.backlog });
  return {
    address: await app.getUrl(),
    stop: async (graceMs) => {
      await end.drain(graceMs);
      await app.get(ImageDataService).abortAll();
      end.cut();
      await app.get(WorkerService).stop(JOBS_GRACE_MS);
      await app.close();
      await persistence.close();
    },
  };
}
