import { formerly, option, repeated } from '../option.js';
import { bool, text } from '../oslo-types.js';

export const policyOptions = {
  policy_file: option(text(), 'policy.yaml', formerly('DEFAULT.policy_file')),
  policy_dirs: { ...repeated(text(), formerly('DEFAULT.policy_dirs')), default: 'policy.d' },
  policy_default_rule: option(text(), 'default', formerly('DEFAULT.policy_default_rule')),
  enforce_scope: option(bool(), 'True'),
  enforce_new_defaults: option(bool(), 'True'),
} as const;
