import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseIni } from './oslo-ini.js';
import { BadConfigFile } from './settings.errors.js';
import { fileSource, type Source } from './sources.js';

export interface ConfigFileOptions {
  readonly configFiles: readonly string[];
  readonly configDirs: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

function reasonOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'there is no such file or directory';
  return code === 'EACCES' ? 'no permission to read it' : String(error);
}

function reading<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new BadConfigFile(path, reasonOf(error));
  }
}

function filesOfDirectory(directory: string): string[] {
  const names = reading(directory, () => readdirSync(directory));
  return names.filter((name) => name.endsWith('.conf') && !name.startsWith('.')).sort().map((name) => join(directory, name));
}

function filesOfEnvironment(env: Environment): string[] {
  const directory = env['OS_GLANCE_CONFIG_DIR'];
  if (!directory) return [];
  const main = join(directory, 'glance-api.conf');
  if (!existsSync(main)) throw new BadConfigFile(main, 'OS_GLANCE_CONFIG_DIR names this directory, but the file is not there');
  return [join(directory, 'glance-image-import.conf'), main].filter((file) => existsSync(file));
}

/** The files that are read, weakest first. None named: the embedded defaults; /etc/glance is never read unasked. */
export function configFiles(options: ConfigFileOptions, env: Environment): string[] {
  const named = [...options.configFiles, ...options.configDirs.flatMap(filesOfDirectory)];
  return (options.configFiles.length + options.configDirs.length > 0 ? named : filesOfEnvironment(env)).map((file) => resolve(file));
}

export const readConfigFile = (file: string): Source => fileSource(file, parseIni(reading(file, () => readFileSync(file, 'utf8')), file));
