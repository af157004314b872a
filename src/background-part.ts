import type { DynamicModule, INestApplicationContext } from '@nestjs/common';
import { WorkerModule, WorkerService } from '#apps/worker';
import { DefaultDefinitions } from '#metadefs';
import type { Settings } from '#settings';
import type { DatabaseAt } from './persistence.js';

/** Jobs run again later: they need no long grace. */
const JOBS_GRACE_MS = 1_000;

/** `working`: takes up what there is to do; else it can only be looked at and added to. */
export function backgroundPart({ jobs, images, staging }: Settings, database: DatabaseAt | undefined, working = true): DynamicModule {
  return WorkerModule.forRoot({ working, jobs: { ...jobs, url: jobs.url ?? database?.url, nodes: [staging.node] }, ...(images.scrubbing.inServer ? { scrubbing: images.scrubbing } : {}) });
}

/** What is done once for a whole family of processes, before requests are answered. */
export async function prepareData(app: INestApplicationContext, { metadefs }: Settings): Promise<void> {
  if (metadefs.loadDefaults) await app.get(DefaultDefinitions).load();
}

export const stopBackground = (app: INestApplicationContext): Promise<void> => app.get(WorkerService).stop(JOBS_GRACE_MS);

export const recoverUploads = (app: INestApplicationContext): Promise<void> => app.get(WorkerService).afterDeath();
