import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
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
