import { Logger } from '@nestjs/common';
import { BadSetting, loadSettings, type Settings } from '#settings';
import { ImageCache } from '#stores';
import { logAsTool } from '../tool-logging.js';
import { toolSettings, type ToolOptions } from '../tool-options.js';
import type { UpkeepTool } from './upkeep-command.js';

/** One run of a tool; answers its exit code. */
export async function upkeep(tool: UpkeepTool, options: ToolOptions): Promise<number> {
  const loaded = loadSettings(toolSettings(options, { ofCache: true }));
  logAsTool(tool, loaded);
  const log = new Logger(tool);
  const cache = cacheOf(loaded.settings, log);
  await cache.prepare();
  await RUNS[tool](cache, loaded.settings, log);
  return 0;
}

function cacheOf({ imageCache }: Settings, log: Logger): ImageCache {
  if (!imageCache) throw new BadSetting('DEFAULT', 'image_cache_dir', '', 'must be set: the folder of the cache');
  const { dir, maxSize, stallTime, invalidGrace } = imageCache;
  return new ImageCache({ dir, maxSize, stallTime, invalidGrace, warn: (text) => log.warn(text) });
}

type Run = (cache: ImageCache, settings: Settings, log: Logger) => Promise<void>;

const RUNS: Readonly<Record<UpkeepTool, Run>> = {
  'glance-cache-pruner': async (cache, _settings, log) => {
    const { files, bytes } = await cache.prune();
    log.log(`images removed from the cache: ${files}, ${bytes} bytes`);
  },
  'glance-cache-cleaner': async (cache, _settings, log) => log.log(`files removed from the cache: ${await cache.clean()}`),
  'glance-cache-prefetcher': async (cache, settings, log) => {
    const { prefetch } = await import('./prefetch.js');
    await prefetch(cache, settings, log);
  },
};
