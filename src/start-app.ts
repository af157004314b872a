import { NestFactory } from '@nestjs/core';
import type { DynamicModule } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Server } from 'node:http';
import { ImageDataService } from '#images';
import type { Settings } from '#settings';
import { Stores, UriFilter } from '#stores';
import { AppModule } from './app.module.js';
import { HttpEnd } from './http-end.js';
import type { Shared } from './http-part.js';
import { jobBoard } from './job-board.js';
import { openCache } from './open-cache.js';
import { memoryPersistence, postgresPersistence, type DatabaseAt, type Persistence } from './persistence.js';
import { refuseUnfinishedImport } from './unfinished-import.js';

export interface RunningApp {
  stop(graceMs: number): Promise<void>;
}

export interface ListeningApp extends RunningApp {
  readonly address: string;
}

/** One that is given its connections. */
export interface HttpWorkerApp extends RunningApp {
  readonly server: Server;
  /** Resolves when its clients have left it, or the time is over. */
  retire(graceMs: number): Promise<void>;
}

export interface BackgroundApp extends RunningApp {
  /** Looks at once for uploads whose process has died. */
  recoverUploads(): Promise<void>;
  metrics(): Promise<string>;
}

async function openStores({ stores, uriFilter, staging, imports }: Settings): Promise<Stores> {
  const opened = new Stores(stores.backends, stores.default, { uriFilter: new UriFilter(uriFilter), several: stores.multi, staging: { ...staging, ...(staging.parentMustExist ? { parentOf: staging.dir } : {}) } });
  await opened.check();
  if (imports.methods.length > 0) await opened.staging.check();
  return opened;
}

export interface Opened {
  readonly persistence: Persistence;
  root(parts: readonly DynamicModule[]): DynamicModule;
}

/** The database and the stores, for an application of some parts. */
export async function open(settings: Settings, persistence: () => Persistence | Promise<Persistence>): Promise<Opened> {
  const stores = await openStores(settings);
  const opened = await persistence();
  await refuseUnfinishedImport(opened).catch(async (error: unknown) => {
    await opened.close();
    throw error;
  });
  const cache = await openCache(settings, opened.cacheNodes);
  return { persistence: opened, root: (parts) => AppModule.forRoot(settings, opened, stores, parts, cache) };
}

/** Starts everything in this process; nothing listens before every part is ready. */
export async function startApp(settings: Settings, database: DatabaseAt | undefined): Promise<ListeningApp> {
  const [{ httpPart, openHttpApp }, { backgroundPart, metricsOf, prepareData, stopBackground }] = await Promise.all([import('./http-part.js'), import('./background-part.js')]);
  const { persistence, root } = await open(settings, () => (database ? postgresPersistence(database, 'all') : memoryPersistence()));
  const app: NestFastifyApplication = await openHttpApp(root([httpPart(settings), backgroundPart(settings, database)]), settings, persistence, { readMetrics: () => metricsOf(app), ...(await jobBoard(settings, database)) });
  await prepareData(app, settings, persistence);
  const end = new HttpEnd(app.getHttpServer());
  const { host, port, backlog } = settings.listener;
  await app.listen({ host, port, backlog });
  return {
    address: (await app.getUrl()).replace(/^http:/, settings.tls ? 'https:' : 'http:'),
    stop: async (graceMs) => {
      await end.drain(graceMs);
      await app.get(ImageDataService).abortAll();
      end.cut();
      await stopBackground(app);
      await app.close();
      await persistence.close();
    },
  };
}

/** Serves HTTP beside other processes that do too, and one that works in the background. */
export async function startHttpWorker(settings: Settings, database: DatabaseAt, shared: Shared): Promise<HttpWorkerApp> {
  const { httpPart, openHttpApp } = await import('./http-part.js');
  const { persistence, root } = await open(settings, () => postgresPersistence(database, 'http'));
  const app = await openHttpApp(root([httpPart(settings)]), settings, persistence, { ...shared, ...(await jobBoard(settings, database)) });
  const server = app.getHttpServer() as Server;
  const end = new HttpEnd(server);
  // It never listens, but has to begin to watch over slow connections as if it did.
  server.emit('listening');
  return {
    server,
    retire: (graceMs) => end.retire(graceMs),
    stop: async (graceMs) => {
      await end.drain(graceMs);
      await app.get(ImageDataService).abortAll();
      end.cut();
      await app.close();
      await persistence.close();
    },
  };
}

/** Brings schema and data up to date before it resolves. */
export async function startBackground(settings: Settings, database: DatabaseAt): Promise<BackgroundApp> {
  const { backgroundPart, metricsOf, prepareData, recoverUploads, stopBackground } = await import('./background-part.js');
  const { persistence, root } = await open(settings, () => postgresPersistence(database, 'background'));
  const app = await NestFactory.createApplicationContext(root([backgroundPart(settings, database)]), { abortOnError: false });
  await prepareData(app, settings, persistence);
  return {
    recoverUploads: () => recoverUploads(app),
    metrics: () => metricsOf(app),
    stop: async () => {
      await stopBackground(app);
      await app.close();
      await persistence.close();
    },
  };
}
