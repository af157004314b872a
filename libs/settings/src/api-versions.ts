import type { Values } from './options/index.js';
import { BadSetting } from './settings.errors.js';
import type { Settings } from './settings.js';

export function apiVersionsOf({ DEFAULT: own }: Values, warn: (text: string) => void): Settings['apiVersions'] {
  if (!own.owner_is_tenant) {
    throw new BadSetting('DEFAULT', 'owner_is_tenant', 'False', 'images belong to projects here, as in Glance since its 2023.1; give them to projects and remove the option');
  }
  if (!own.enable_v1_api && !own.enable_v2_api) warn('[DEFAULT] enable_v1_api and enable_v2_api = False: no version of the API is served');
  return { v1: own.enable_v1_api, v2: own.enable_v2_api };
}
