import type { Command } from 'commander';
import { withConfigOptions, type ConfigOptions } from '../config-options.js';

export interface ExportOptions extends ConfigOptions {
  readonly after?: string;
  readonly json?: boolean;
}

export interface ImportOptions extends ConfigOptions {
  readonly check?: boolean;
  readonly json?: boolean;
}

const EXPORT_HELP = `
Works beside running servers or without one, and changes nothing. The file is NDJSON, packed with zstd: one line for each event. It is written as FILE.part
and gets its name when it is whole; an export that was ended, even killed, is gone on with by running it again. With - it goes to standard output.

Examples:
  afterimage export log.ndjson.zst --config-file glance-api.conf
  afterimage export since.ndjson.zst --after log.ndjson.zst
  afterimage export - | ssh backup 'cat > log.ndjson.zst'`;

const IMPORT_HELP = `
Stop the servers first. The log must be empty, so no server may have been started on it, or have the same events up to some position: an import that was ended,
even killed, is gone on with by running it again, and nothing is imported twice. Each file is verified as a whole before anything is written.

Examples:
  afterimage import log.ndjson.zst --config-file glance-api.conf
  afterimage import log.ndjson.zst since.ndjson.zst
  afterimage import --check log.ndjson.zst`;

/** `export`, `import`. */
export function addBackupCommands(program: Command): void {
  withConfigOptions(program.command('export').description('write the whole log of events to a file, verified'))
    .argument('<file>', 'a file that is not there yet; - is standard output')
    .option('--after <file>', 'only what came after this earlier export')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', EXPORT_HELP)
    .action(async (file: string, options: ExportOptions) => (await import('./export.js')).exportTo(file, options));
  withConfigOptions(program.command('import').description('take over a log of events that was exported, and build the read models from it'))
    .argument('<file...>', 'what `export` wrote; several in their order')
    .option('--check', 'only verify the files: no database is needed')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', IMPORT_HELP)
    .action(async (files: string[], options: ImportOptions) => (await import('./import.js')).importFrom(files, options));
}
