import { Option, type Command } from 'commander';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandLine, LoadOptions } from '#settings';
import { collected } from './config-options.js';

/** What Glance's own tools take of every program of OpenStack (oslo.config, oslo.log), by the names of the options. */
export type ToolOptions = Readonly<Record<string, unknown>> & {
  readonly configFile?: string[];
  readonly configDir?: string[];
  readonly stateDir?: string;
  readonly debug?: boolean;
};

/** Each has its inverse, `--no…` without a second hyphen. */
const SWITCHES = ['use-journal', 'use-json', 'use-syslog', 'watch-log-file'];
/** With a value: today's name and the older ones. */
const VALUES = [['log-file', 'logfile'], ['log-dir', 'logdir'], ['log-date-format'], ['log-config-append', 'log-config', 'log_config'], ['syslog-log-facility']];

/** The options that Debian's tools have, and `--state-dir`, which is ours. */
export function withToolOptions(command: Command): Command {
  command
    .option('--config-file <file>', 'a glance-api.conf or glance-cache.conf; may be repeated, later files win', collected)
    .option('--config-dir <dir>', 'reads its *.conf in order of their names, after the files', collected)
    .option('--state-dir <dir>', 'where the database is kept, if Afterimage keeps it itself')
    .option('-d, --debug', 'log more')
    .addOption(new Option('--nodebug').hideHelp());
  for (const [name = '', ...older] of VALUES) {
    command.option(`--${name} <value>`, `[DEFAULT] ${name.replaceAll('-', '_')}`);
    for (const each of older) command.addOption(new Option(`--${each} <value>`).hideHelp());
  }
  for (const name of SWITCHES) command.option(`--${name}`, `[DEFAULT] ${name.replaceAll('-', '_')}`).addOption(new Option(`--no${name}`).hideHelp());
  return command;
}

const camelCase = (name: string) => name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

type Environment = Readonly<Record<string, string | undefined>>;

/** Options of the command line win as variables of the environment do. */
function overridden(options: ToolOptions, env: Environment): Environment {
  const given = VALUES.flatMap((names) => {
    const value = names.map((name) => options[camelCase(name)]).find((each) => typeof each === 'string');
    return value === undefined ? [] : [[variable(names[0] ?? ''), value]];
  });
  const switched = ['debug', ...SWITCHES].flatMap((name) => {
    if (options[camelCase(`no${name}`)] === true) return [[variable(name), 'False']];
    return options[camelCase(name)] === true ? [[variable(name), 'True']] : [];
  });
  return { ...env, ...Object.fromEntries([...given, ...switched]) };
}

const variable = (name: string) => `OS_DEFAULT__${name.replaceAll('-', '_').toUpperCase()}`;

/** The files of `OS_GLANCE_CONFIG_DIR` with its glance-cache.conf, where nothing else is named. */
function cacheFiles({ configFile, configDir }: ToolOptions, env: Environment): readonly string[] | undefined {
  const folder = env['OS_GLANCE_CONFIG_DIR'];
  if (configFile || configDir || !folder || !existsSync(join(folder, 'glance-cache.conf'))) return configFile;
  return ['glance-image-import.conf', 'glance-api.conf', 'glance-cache.conf'].map((name) => join(folder, name)).filter((file) => existsSync(file));
}

/** How a tool's settings are loaded; a tool of the cache reads `glance-cache.conf` too. */
export function toolSettings(options: ToolOptions, { ofCache = false, env = process.env }: { readonly ofCache?: boolean; readonly env?: Environment } = {}): LoadOptions & { readonly commandLine: CommandLine } {
  const configFiles = ofCache ? cacheFiles(options, env) : options.configFile;
  return { commandLine: { configFiles, configDirs: options.configDir, stateDir: options.stateDir }, env: overridden(options, env) };
}
