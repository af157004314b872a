import type { DynamicModule } from '@nestjs/common';
import { ApiModule, createHttpApp, type ApiOptions, requestInCourse, type HttpOptions } from '#apps/api';
import { ReadModelFollower } from '#event-store';
import type { Settings } from '#settings';
import { locationCipher } from '#stores';
import { logAnswered, tellInLogs } from './logging.js';
import type { Persistence } from './persistence.js';

function apiOptions({ imageCache, oldCachePaths, authentication, keystone, images, formats, imageSchema, stores, listener, apiVersions }: Settings): ApiOptions {
  const { decrypt } = locationCipher(images.metadataEncryptionKey);
  return {
    authentication,
    keystone,
    cache: imageCache !== undefined,
    oldCachePaths,
    multiStore: stores.multi,
    v1: apiVersions.v1,
    v2: apiVersions.v2,
    publicEndpoint: listener.publicEndpoint,
    image: { diskFormats: formats.disk, containerFormats: formats.container, additional: images.additionalProperties, ...imageSchema },
    view: { directUrl: images.showDirectUrl, locations: images.showMultipleLocations, multiStore: stores.multi, decryptLocation: decrypt },
    imageSizeCap: images.sizeCap,
    paging: { limitDefault: images.limitParamDefault, limitMax: images.apiLimitMax },
  };
}

const requestOfLine = (): object | undefined => {
  const request = requestInCourse();
  return request && { requestId: request.requestId };
};

export function httpPart(settings: Settings): DynamicModule {
  tellInLogs(requestOfLine);
  return ApiModule.forRoot(apiOptions(settings));
}

/** What HTTP workers leave to others of the family. */
export type Shared = Pick<HttpOptions, 'openCounts' | 'readMetrics' | 'adminPages'>;

/** Initialised; takes no connection yet. */
export async function openHttpApp(root: DynamicModule, { imageCache, stores, listener, tls, edge, apiVersions, logging }: Settings, { follows }: Persistence, shared: Shared): ReturnType<typeof createHttpApp> {
  const app = await createHttpApp(root, {
    cache: imageCache !== undefined,
    multiStore: stores.multi,
    v1: apiVersions.v1,
    v2: apiVersions.v2,
    maxRequestIdLength: listener.maxRequestIdLength,
    maxHeaderLine: listener.maxHeaderLine,
    keepAlive: listener.keepAlive,
    clientSocketTimeout: listener.clientSocketTimeout,
    tcpKeepIdle: listener.tcpKeepIdle,
    edge,
    ...(tls === undefined ? {} : { tls }),
    ...(logging.access ? { onAnswered: logAnswered } : {}),
    ...shared,
  });
  if (follows) app.get(ReadModelFollower).onLate(() => requestInCourse()?.answersLate());
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return app;
}
