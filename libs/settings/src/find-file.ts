import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { ConfigFileOptions } from './config-files.js';

/**
 * A file that the configuration names without a folder of its own: beside the first configuration file, then in the
 * configuration folders. undefined where it is in none of them.
 */
export function findFile(name: string, { configFiles, configDirs }: ConfigFileOptions, env: Readonly<Record<string, string | undefined>>): string | undefined {
  const [first] = configFiles;
  const unnamed = configFiles.length + configDirs.length === 0 && env['OS_GLANCE_CONFIG_DIR'];
  const folders = [...(first === undefined ? [] : [dirname(first)]), ...configDirs, ...(unnamed ? [unnamed] : [])];
  return folders.map((folder) => resolve(folder, name)).find((file) => existsSync(file));
}

/**
 * Where oslo.config looks for a file that an option names: in the configuration folders, beside the configuration files (the last one first),
 * then in ~/.glance, ~, /etc/glance and /etc.
 */
export function placesOfNamedFile(name: string, { configFiles, configDirs }: ConfigFileOptions, env: Readonly<Record<string, string | undefined>>): string[] {
  const unnamed = configFiles.length + configDirs.length === 0 && env['OS_GLANCE_CONFIG_DIR'];
  const home = env['HOME'] || homedir();
  const folders = [...configDirs, ...configFiles.toReversed().map((file) => dirname(file)), ...(unnamed ? [unnamed] : []), join(home, '.glance'), home, '/etc/glance', '/etc'];
  return [...new Set(folders.map((folder) => resolve(folder, name)))];
}

/** The first of these places where it is; undefined where it is in none of them. */
export const findNamedFile = (...named: Parameters<typeof placesOfNamedFile>): string | undefined => placesOfNamedFile(...named).find((file) => existsSync(file));
