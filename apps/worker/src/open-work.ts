import type { StreamReader } from '#event-store';
import { streamOf, type ImageDeleted, type ImageList, type ImageLocationRemoved } from '#images';
import type { JobRunner } from './job-runner.js';
import { deletionJob, givesUpData } from './reactors/delete-data-when-given-up.reactor.js';

const PAGE = 200;

/**
 * Adds a job for each image whose deletion or removed location no purge has answered yet: what a lost queue or a job
 * given up left undone. Stops between two images when the signal aborts. Answers how many it looked at.
 */
export async function addOpenWork(images: ImageList, streams: StreamReader, jobs: JobRunner, signal: AbortSignal): Promise<number> {
  let found = 0;
  for (let after: string | undefined; ; ) {
    const page = await images.openWork('purge', after, PAGE);
    for (const imageId of page) {
      if (signal.aborted) return found;
      const { events } = await streams.load(streamOf(imageId));
      const cause = events.findLast((event) => isGivingUp(event) && givesUpData(event));
      if (cause) await jobs.add(deletionJob(cause.meta));
      found += 1;
    }
    after = page.at(-1);
    if (after === undefined || page.length < PAGE) return found;
  }
}

const isGivingUp = (event: { readonly type: string }): event is ImageDeleted | ImageLocationRemoved =>
  event.type === 'ImageDeleted' || event.type === 'ImageLocationRemoved';
