import type { StreamReader } from '#event-store';
import { streamOf, type ImageList } from '#images';
import type { JobRunner } from './job-runner.js';
import { deletionJob } from './reactors/delete-data-when-image-deleted.reactor.js';
import { removalJob } from './reactors/delete-data-when-location-removed.reactor.js';

const PAGE = 200;

/**
 * Adds a job for each image whose deletion or removed location no purge has answered yet: what a lost queue or a job given up left undone. Stops
 * between two images when the signal aborts. Answers how many it looked at.
 */
export async function addOpenWork(images: ImageList, streams: StreamReader, jobs: JobRunner, signal: AbortSignal): Promise<number> {
  let found = 0;
  for (let after: string | undefined; ; ) {
    const page = await images.openWork('purge', after, PAGE);
    for (const imageId of page) {
      if (signal.aborted) return found;
      const { events } = await streams.load(streamOf(imageId));
      const deletion = events.findLast(({ type }) => type === 'ImageDeleted');
      const removal = events.findLast(({ type }) => type === 'ImageLocationRemoved');
      if (deletion) await jobs.add(deletionJob(deletion.meta));
      else if (removal) await jobs.add(removalJob(removal.meta));
      found += 1;
    }
    after = page.at(-1);
    if (after === undefined || page.length < PAGE) return found;
  }
}
