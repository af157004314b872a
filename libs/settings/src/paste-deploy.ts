import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { ConfigFileOptions } from './config-files.js';
import { findFile, findNamedFile } from './find-file.js';
import { readPasteFile, type PasteFile } from './paste-file.js';
import type { Resolver } from './resolver.js';
import { BadSetting } from './settings.errors.js';
import type { Settings } from './settings.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** `[paste_deploy] config_file`, else the one beside the configuration, which need not be there. */
export function pasteFileOf(resolver: Resolver, files: readonly string[], named: ConfigFileOptions, env: Environment): PasteFile | undefined {
  const said = (option: string): string => resolver.given('paste_deploy', option)?.values.at(-1)?.trim() ?? '';
  const name = said('config_file');
  const file = name === '' ? beside(files, named, env) : (existing(resolve(name)) ?? findNamedFile(name, named, env));
  if (file === undefined && name !== '') throw new BadSetting('paste_deploy', 'config_file', name, 'there is no such file');
  return file === undefined ? undefined : readPasteFile(file, said('flavor'));
}

const existing = (file: string): string | undefined => (existsSync(file) ? file : undefined);

/** Named after the last configuration file, as Glance does, or as it is named everywhere. */
function beside(files: readonly string[], named: ConfigFileOptions, env: Environment): string | undefined {
  const last = files.at(-1);
  if (last === undefined) return undefined;
  const after = basename(last).replace('.conf', '-paste.ini');
  return (after === basename(last) ? undefined : existing(join(dirname(last), after))) ?? findFile('glance-api-paste.ini', named, env);
}

/** Says what of it is not served; fails where it asks for more safety than the flavor. */
export function checkPipeline(paste: PasteFile | undefined, authentication: Settings['authentication'], warn: (text: string) => void): void {
  if (!paste) return;
  if (paste.authenticates && (authentication === 'none' || authentication === 'noauth')) {
    throw new BadSetting('paste_deploy', 'flavor', authentication, `${paste.application} in ${paste.file} asks for tokens, so serving it without would be unsafe: set flavor = keystone, or take authtoken out of that pipeline`);
  }
  if (paste.unserved.length > 0) warn(`${paste.file}: of ${paste.application} these filters are not served here: ${paste.unserved.join(', ')}`);
}
