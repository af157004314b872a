import { Option, type Command } from 'commander';
import { collected, withConfigOptions, type ConfigOptions } from '../config-options.js';
import type { OldInstallationOptions } from './old-installation.js';

export interface ImportLegacyOptions extends ConfigOptions, OldInstallationOptions {
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

const HELP = `
Works beside running servers or without one. The old database is only read; stop the old service first, so that nothing changes meanwhile.
What is here already is not imported again: a run that was ended, even killed, is gone on with by running it again.

Exit codes: 0 all is imported, 1 it could not be done, 2 wrong usage, 3 some images were left, and the report says why.

Examples:
  afterimage import-legacy --config-file new.conf --from-config /etc/glance/glance-api.conf --dry-run
  afterimage import-legacy --config-file new.conf --from mysql+pymysql://glance:secret@db/glance --from-key-file old.key
  afterimage import-legacy --from sqlite:////var/lib/glance/glance.sqlite --json`;

/** `import-legacy`. */
export function addImportLegacyCommand(program: Command): void {
  withConfigOptions(program.command('import-legacy').description('take over the images and metadata definitions of a Glance, from its database'))
    .addOption(new Option('--from <url>', 'the old database, as [database] connection of its configuration has it').env('AFTERIMAGE_IMPORT_FROM'))
    .option('--from-config <file>', 'a glance-api.conf of the old service, for connection and metadata_encryption_key; may be repeated', collected)
    .option('--from-key-file <file>', 'a file with the metadata_encryption_key of the old service')
    .option('--dry-run', 'only say what would be imported')
    .option('--json', 'as JSON')
    .addHelpText('after', HELP)
    .action(async (options: ImportLegacyOptions, command: Command) => {
      if (options.from === undefined && options.fromConfig === undefined) command.error('error: say where the old database is: --from URL or --from-config FILE');
      process.exitCode = await (await import('./import-legacy.js')).importLegacy(options);
    });
}
