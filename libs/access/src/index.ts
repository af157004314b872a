export * from './access.module.js';
export * from './key-manager/key-manager.errors.js';
export * from './key-manager/key-manager.js';
export * from './key-manager/open-key-manager.js';
export * from './policy/open-policy.js';
export { BadRule } from './policy/parse-rule.js';
export * from './policy/policy-rules.js';
export * from './policy/policy.js';
export * from './principal.js';
