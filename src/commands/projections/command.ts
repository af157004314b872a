import type { Command } from 'commander';
import { withConfigOptions, type ConfigOptions } from '../config-options.js';

export interface ListOptions extends ConfigOptions {
  readonly json?: boolean;
}

export interface RebuildOptions extends ListOptions {
  readonly verify?: boolean;
}

const HELP = `
Works beside running servers or without one. A rebuild replays the log into new tables while the old ones are read and written, and puts them in their
place at once; one that was ended, even killed, has changed nothing: run it again.

Examples:
  afterimage projections list --config-file glance-api.conf
  afterimage projections rebuild
  afterimage projections rebuild usage
  afterimage projections rebuild --verify --json`;

/** `projections list`, `projections rebuild`. */
export function addProjectionsCommands(program: Command): void {
  const projections = program.command('projections').description('look at the read models that are built from the log, and build them anew').addHelpText('after', HELP);
  withConfigOptions(projections.command('list').description('print each read model, how many rows it has and how far it is'))
    .option('--json', 'print them as JSON')
    .action(async (options: ListOptions) => (await import('./list.js')).listProjections(options));
  withConfigOptions(projections.command('rebuild').description('build the read models anew from the log, while the servers run'))
    .argument('[name]', 'only this one; see `projections list`')
    .option('--verify', 'change nothing: replay the log and print each difference to the live read models; ends with 1 where there is one')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', HELP)
    .action(async (name: string | undefined, options: RebuildOptions) => (await import('./rebuild.js')).rebuildProjections(name, options));
}
