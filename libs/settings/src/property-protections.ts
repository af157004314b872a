import type { ConfigFileOptions } from './config-files.js';
import { findNamedFile } from './find-file.js';
import type { Values } from './options/index.js';
import { BadSetting } from './settings.errors.js';
import type { Settings } from './settings.js';

/** Who may do what with custom properties; without the file that is asked for nothing may start (operations §3). */
export function propertyProtectionsOf({ DEFAULT: own }: Values, named: ConfigFileOptions, env: Readonly<Record<string, string | undefined>>): Settings['propertyProtections'] {
  const { property_protection_file: name = '', property_protection_rule_format: format } = own;
  if (name === '') return { format };
  const file = findNamedFile(name, named, env);
  if (file === undefined) {
    throw new BadSetting('DEFAULT', 'property_protection_file', name, 'the file is not there: neither in a folder of the configuration, nor in ~/.glance, ~, /etc/glance or /etc');
  }
  return { file, format };
}
