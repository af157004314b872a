import type { Command } from 'commander';
import type { CommandLine } from '#settings';

/** Options of every command that reads the configuration. */
export interface ConfigOptions {
  readonly configFile?: string[];
  readonly configDir?: string[];
  readonly stateDir?: string;
  readonly memory?: boolean;
  readonly debug?: boolean;
}

export const commandLine = (options: ConfigOptions): CommandLine => ({
  configFiles: options.configFile,
  configDirs: options.configDir,
  stateDir: options.stateDir,
  memory: options.memory,
  debug: options.debug,
});

/** For options that may be repeated. */
export const collected = (value: string, previous: string[] = []): string[] => [...previous, value];

export function withConfigOptions(command: Command): Command {
  return command
    .option('--config-file <file>', 'a glance-api.conf; may be repeated, later files win', collected)
    .option('--config-dir <dir>', 'reads its *.conf in order of their names, after the files', collected)
    .option('--state-dir <dir>', 'where the database, and without a configuration file the images, are kept')
    .option('--memory', 'keep events in memory, and images too unless a store is configured: all is lost at exit')
    .option('--debug', 'log more');
}
