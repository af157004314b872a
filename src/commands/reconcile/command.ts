import { InvalidArgumentError, type Command } from 'commander';
import { collected, withConfigOptions, type ConfigOptions } from '../config-options.js';

export interface ReconcileCommandOptions extends ConfigOptions {
  readonly store?: string[];
  readonly verify?: boolean;
  readonly repair?: boolean;
  readonly yes?: boolean;
  /** Seconds. */
  readonly grace: number;
  readonly after?: string;
  readonly json?: boolean;
}

function secondsOf(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('it must be a number of seconds');
  return Number(text);
}

function idOf(text: string): string {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) throw new InvalidArgumentError('it must be the id of an image');
  return text.toLowerCase();
}

const HELP = `
Works beside running servers or without one, and changes nothing unless --repair is given.

Exit codes: 0 all is well (or everything was repaired), 1 it could not be done, 2 wrong usage, 3 there are differences.

Examples:
  afterimage reconcile --config-file glance-api.conf
  afterimage reconcile --store fast --verify --json
  afterimage reconcile --repair --grace 86400`;

/** `reconcile`. */
export function addReconcileCommand(program: Command): void {
  withConfigOptions(program.command('reconcile').description('compare what the images say with what the stores hold, in both directions'))
    .option('--store <id>', 'only this store; may be repeated', collected)
    .option('--verify', 'read and hash every byte')
    .option('--repair', 'remove bytes that no image refers to, and have images give up places whose data is gone or wrong where another copy is good')
    .option('--yes', 'repair without asking')
    .option('--grace <seconds>', 'bytes that no image refers to stay unless they are at least so old', secondsOf, 3_600)
    .option('--after <image-id>', 'leave out the images up to this one, where an earlier run ended', idOf)
    .option('--json', 'as JSON')
    .addHelpText('after', HELP)
    .action(async (options: ReconcileCommandOptions, command: Command) => {
      if (options.yes && !options.repair) command.error('error: --yes only goes with --repair');
      process.exitCode = await (await import('./reconcile.js')).reconcile(options);
    });
}
