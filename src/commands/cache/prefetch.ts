import type { Logger } from '@nestjs/common';
import { ImageDownloadService } from '#images';
import type { Settings } from '#settings';
import type { ImageCache } from '#stores';
import { withApplication } from '../../command-app.js';
import { toldToEnd } from '../tool-signal.js';

/** What is cached, or can never be, leaves the queue; what fails now stays for the next run. */
export async function prefetch(cache: ImageCache, settings: Settings, log: Logger): Promise<void> {
  const queued = await cache.queued();
  if (queued.length === 0) return log.log('nothing is queued');
  const signal = toldToEnd(log);
  const cached = await withApplication(settings, async (app) => {
    const downloads = app.get(ImageDownloadService);
    let count = 0;
    for (const imageId of queued) {
      if (signal.aborted) break;
      const outcome = await downloads.prefetch(imageId, signal).catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
      const failed = outcome instanceof Error;
      if (outcome === 'cached') count += 1;
      else log.warn(`image ${imageId} is not cached: ${failed ? `${outcome.message}; it stays in the queue` : outcome}`);
      if (!failed && outcome !== 'busy') await cache.dequeue(imageId);
    }
    return count;
  });
  log.log(`images brought into the cache: ${cached} of ${queued.length}`);
}
