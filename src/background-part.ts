import type { DynamicModule, INestApplicationContext } from '@nestjs/common';
import { runningJob, WorkerModule, WorkerService, type JobsOptions } from '#apps/worker';
import { ReadModelFollower } from '#event-store';
import { DefaultDefinitions } from '#metadefs';
import type { Settings } from '#settings';
import { createsJobTables } from './database.js';
import { tellInLogs } from './logging.js';
import type { DatabaseAt, Persistence } from './persistence.js';

/** At a time: they wait for a disk more than for a processor. */
const SHORT_JOBS = 4;
/** Jobs run again later: they need no long grace. */
const JOBS_GRACE_MS = 1_000;

/** Where the jobs are kept, and how many run at a time. */
const jobsAt = (settings: Settings, database: DatabaseAt | undefined): JobsOptions => {
  const { kind, url, longJobs, lockSeconds } = settings.jobs;
  return {
    kind, url: url ?? database?.url, createsTables: createsJobTables(settings), lockMs: lockSeconds * 1000,
    concurrency: { data: SHORT_JOBS, import: longJobs, node: longJobs + SHORT_JOBS },
  };
};

/** `working`: takes up what there is to do; else it can only be looked at and added to. */
export function backgroundPart(settings: Settings, database: DatabaseAt | undefined, working = true): DynamicModule {
  const { images, imageCache, downloads, importPlugins, formats } = settings;
  tellInLogs(runningJob);
  return WorkerModule.forRoot({
    working,
    jobs: { ...jobsAt(settings, database), nodes: nodesOf(settings) },
    downloads: { ...downloads, maxSize: images.sizeCap },
    ...(importPlugins.names.length > 0 ? { plugins: { ...importPlugins, maxSize: images.sizeCap, formats } } : {}),
    ...(imageCache ? { cache: { node: imageCache.node, everySeconds: imageCache.prefetchInterval } } : {}),
    ...(images.scrubbing.inServer ? { scrubbing: images.scrubbing } : {}),
  });
}

/** By whose names jobs are this node's alone: it stages on its own disk, and caches there. */
const nodesOf = ({ staging, imageCache }: Settings): readonly string[] => [...new Set([staging.node, ...(imageCache ? [imageCache.node] : [])])];

/** What is done once for a whole family of processes, before requests are answered. */
export async function prepareData(app: INestApplicationContext, { metadefs }: Settings, { follows }: Persistence): Promise<void> {
  if (follows) await app.get(ReadModelFollower).caughtUp();
  if (metadefs.loadDefaults) await app.get(DefaultDefinitions).load();
}

export const stopBackground = (app: INestApplicationContext): Promise<void> => app.get(WorkerService).stop(JOBS_GRACE_MS);

export const metricsOf = (app: INestApplicationContext): Promise<string> => app.get(WorkerService).metrics();

export const recoverUploads = (app: INestApplicationContext): Promise<void> => app.get(WorkerService).afterDeath();
