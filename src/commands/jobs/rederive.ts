import { WorkerService } from '#apps/worker';
import { backgroundPart } from '../../background-part.js';
import { withApplication } from '../../command-app.js';
import type { RederiveOptions } from './command.js';
import { asJson, settingsWithJobs } from './open-jobs.js';

/** `jobs rederive`. */
export async function rederive(options: RederiveOptions): Promise<void> {
  const settings = settingsWithJobs(options);
  const found = await withApplication(settings, async (app) => {
    const worker = app.get(WorkerService);
    try {
      return await worker.rederive();
    } finally {
      await worker.stop(0);
    }
  }, (database) => [backgroundPart(settings, database, false)]);
  if (options.json) process.stdout.write(asJson(found));
  else for (const { kind, images, jobs } of found) process.stdout.write(`${kind}: ${images} image(s) with open work, ${jobs} job(s)\n`);
}
