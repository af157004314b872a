import { existsSync, readFileSync } from 'node:fs';
import { BadSetting, loadSettings, type LoadOptions, type Settings } from '#settings';
import { RESULTS, type Checked } from './check-table.js';

/** What the configuration shows, and the settings, where it can be used at all. */
export interface CheckedSettings {
  readonly checks: readonly Checked[];
  readonly settings?: Settings;
}

/** In the place of what stops the start and was told, so that the rest can be looked at. */
const WITHOUT_SHEEPDOG = {
  OS_DEFAULT__ENABLED_BACKENDS: '', OS_GLANCE_STORE__STORES: 'file', OS_GLANCE_STORE__DEFAULT_STORE: 'file', OS_GLANCE_STORE__FILESYSTEM_STORE_DATADIR: '/nonexistent',
};
const TENANTS_OWN = { OS_DEFAULT__OWNER_IS_TENANT: 'True' };

const SHEEPDOG = 'The "sheepdog" store was removed, here as in Glance; the configuration still has it.';
const OWNER = 'owner_is_tenant = False has no way forward, here as in Glance: images belong to projects. Give them to projects and remove the option.';
const JSON_POLICY = 'is JSON, which is deprecated: oslopolicy-convert-json-to-yaml converts it, or rename it to policy.yaml, which may hold JSON.';

/** Looks at what Glance's own check looks at, and at whether the settings can be used. */
export function checkSettings(asked: LoadOptions): CheckedSettings {
  let sheepdog = false;
  let usersOwn = false;
  let settings: Settings | undefined;
  let bad: Error | undefined;
  for (let env = asked.env ?? process.env; settings === undefined && bad === undefined; ) {
    try {
      settings = loadSettings({ ...asked, env }).settings;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (!usersOwn && error instanceof BadSetting && error.option === 'owner_is_tenant') {
        usersOwn = true;
        env = { ...env, ...TENANTS_OWN };
      } else if (!sheepdog && error instanceof BadSetting && error.value.split(/[\s,]+/).includes('sheepdog')) {
        sheepdog = true;
        env = { ...env, ...WITHOUT_SHEEPDOG };
      } else bad = error;
    }
  }
  const checks = [
    failing('Sheepdog Driver Removal', sheepdog ? SHEEPDOG : undefined),
    failing('Policy File JSON to YAML Migration', settings && jsonPolicy(settings)),
    failing('Config option owner_is_tenant removal', usersOwn ? OWNER : undefined),
    failing('Configuration', bad?.message),
  ];
  return { checks, ...(settings ? { settings } : {}) };
}

const failing = (check: string, details: string | undefined): Checked => ({ check, result: details === undefined ? RESULTS.success : RESULTS.failure, details: details ?? null });

function jsonPolicy({ policy }: Settings): string | undefined {
  const file = policy.places.file.find((place) => existsSync(place));
  return file !== undefined && isJson(readFileSync(file, 'utf8')) ? `${file} ${JSON_POLICY}` : undefined;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
