import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import type { Values } from './options/index.js';
import type { PolicySettings } from './policy-settings.js';
import type { Resolver } from './resolver.js';

/** Places of a file or folder that an option names. */
type PlacesOf = (name: string) => readonly string[];

/** Without configuration files nothing is looked for unasked. */
const wholePathOnly: PlacesOf = (name) => (isAbsolute(name) ? [name] : []);

const NAME = 'policy.yaml';
/** What oslo.policy read before it read YAML, and still does where there is no other. */
const FORMER_NAME = 'policy.json';

/** The rules that say who may do what (operations §2). */
export function policyOf(values: Values, resolver: Resolver, find: PlacesOf | undefined, warn: (text: string) => void): PolicySettings {
  const { oslo_policy: own, DEFAULT } = values;
  const role = DEFAULT.admin_role.trim();
  if (DEFAULT.enforce_secure_rbac !== undefined && DEFAULT.enforce_secure_rbac !== own.enforce_new_defaults) {
    warn(`[DEFAULT] enforce_secure_rbac means nothing by itself: [oslo_policy] enforce_new_defaults = ${own.enforce_new_defaults ? 'True' : 'False'} is what counts`);
  }
  const places: PlacesOf = (name) => (name === '' ? [] : (find ?? wholePathOnly)(name));
  return {
    legacy: !own.enforce_new_defaults,
    enforceScope: own.enforce_scope,
    defaultRule: own.policy_default_rule,
    overrides: role.toLowerCase() === 'admin' ? {} : { context_is_admin: `role:${role}` },
    places: {
      file: policyFile(own.policy_file, places, resolver.given('oslo_policy', 'policy_file') !== undefined, warn),
      directories: own.policy_dirs.map(places),
    },
  };
}

function policyFile(name: string, placesOf: PlacesOf, given: boolean, warn: (text: string) => void): readonly string[] {
  const there = (place: string) => existsSync(place);
  const places = placesOf(name);
  const former = name === NAME ? placesOf(FORMER_NAME) : [];
  const found = places.find(there) ?? former.find(there);
  if (found === undefined && given) warn(`[oslo_policy] policy_file = ${name}: the file is not there, the default rules hold until it is; looked for: ${places.join(', ')}`);
  if (found !== undefined && former.includes(found)) warn(`the policy file ${found} is read, since there is no ${NAME}; JSON is deprecated: rename the file, YAML reads it as it is`);
  return [...places, ...former];
}
