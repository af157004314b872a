import type { ImageList } from '#images';
import { jobId, type JobRunner } from './job-runner.js';

const PAGE = 200;

/** Adds a job for each deleted image that still has bytes: what a lost queue or a job given up left undone. */
export async function addOpenWork(images: ImageList, jobs: JobRunner): Promise<number> {
  let added = 0;
  for (let after: string | undefined; ; ) {
    const page = await images.openWork('purge', after, PAGE);
    for (const imageId of page) {
      await jobs.add({ name: 'delete-image-data', id: jobId(imageId, 'open-work'), data: { imageId, causationId: null, correlationId: null } });
      added += 1;
    }
    after = page.at(-1);
    if (after === undefined || page.length < PAGE) return added;
  }
}
