import type { Command } from 'commander';
import { withToolOptions, type ToolOptions } from '../tool-options.js';

/** The tools that look after the cache of the node that they run on: name, what each does, and what the server does instead. */
export const UPKEEP = {
  'glance-cache-pruner': { does: 'remove what was not read for longest from the image cache, until it is within image_cache_max_size', instead: 'a server keeps its cache within image_cache_max_size at every download' },
  'glance-cache-cleaner': { does: 'remove incomplete files older than image_cache_stall_time, and invalid ones, from the image cache', instead: 'a server cleans its cache by itself' },
  'glance-cache-prefetcher': { does: 'bring all images that are queued into the image cache', instead: 'a server fetches queued images by itself' },
} as const;

export type UpkeepTool = keyof typeof UPKEEP;

export const asUpkeep = (tool: UpkeepTool) => (command: Command): Command =>
  withToolOptions(command.description(UPKEEP[tool].does)).action(async (options: ToolOptions) => {
    process.stderr.write(`DEPRECATED: ${tool} is needed no more: ${UPKEEP[tool].instead}. It will be removed some day.\n`);
    const { upkeep } = await import('./upkeep.js');
    process.exitCode = await upkeep(tool, options);
  });
