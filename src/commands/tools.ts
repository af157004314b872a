import { Command } from 'commander';
import { asCacheManage } from './cache/command.js';
import { asManage } from './db/command.js';
import { asUpkeep } from './cache/upkeep-command.js';
import { asScrubber } from './scrub/command.js';
import { asStatus } from './status/command.js';

/** Glance's own tools: each is also a program of its own. */
const TOOLS: Readonly<Record<string, (command: Command) => Command>> = {
  'glance-cache-manage': asCacheManage,
  'glance-cache-pruner': asUpkeep('glance-cache-pruner'),
  'glance-cache-cleaner': asUpkeep('glance-cache-cleaner'),
  'glance-cache-prefetcher': asUpkeep('glance-cache-prefetcher'),
  'glance-scrubber': asScrubber,
  'glance-manage': asManage,
  'glance-status': asStatus,
};

/** The tool that is called by its own name, as its first argument; undefined: none is. */
export function toolCalled(name: string | undefined, asProgram: (command: Command) => Command): Command | undefined {
  const make = name !== undefined && Object.hasOwn(TOOLS, name) ? TOOLS[name] : undefined;
  return make?.(asProgram(new Command(name)));
}

/** `afterimage cache …` and `afterimage scrub`. */
export function addTools(program: Command): void {
  const cache = program.command('cache').description('look after the image cache');
  asCacheManage(cache.command('manage'));
  asUpkeep('glance-cache-pruner')(cache.command('prune'));
  asUpkeep('glance-cache-cleaner')(cache.command('clean'));
  asUpkeep('glance-cache-prefetcher')(cache.command('prefetch'));
  asScrubber(program.command('scrub'));
}
