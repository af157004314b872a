import type { Command } from 'commander';
import { withToolOptions, type ToolOptions } from '../tool-options.js';

export type CheckOptions = ToolOptions & { readonly json?: boolean };

const HELP = `
Exit codes: 0 all is well, 1 there are warnings, 2 the start of this program would fail or do harm, 255 it could not be found out.`;

/** `afterimage status upgrade-check`. */
export function addStatusCommands(program: Command): void {
  const status = program.command('status').description('look at what a start would meet');
  asUpgradeCheck(status.command('upgrade-check'));
}

/** `glance-status upgrade check`. */
export function asStatus(command: Command): Command {
  withToolOptions(command).description('look at what a start would meet').enablePositionalOptions();
  const upgrade = command.command('upgrade').description('before an upgrade').enablePositionalOptions();
  asUpgradeCheck(upgrade.command('check'));
  return command;
}

function asUpgradeCheck(command: Command): void {
  withToolOptions(command.description('check configuration, schema and log before this program is started on them'))
    .option('--json', 'as JSON')
    .addHelpText('after', HELP)
    .action(async () => {
      process.exitCode = await (await import('./upgrade-check.js')).upgradeCheck(command.optsWithGlobals<CheckOptions>());
    });
}
