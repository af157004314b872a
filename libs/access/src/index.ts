export * from './key-manager/key-manager.errors.js';
export * from './key-manager/key-manager.js';
export * from './key-manager/open-key-manager.js';
export * from './policy/policy-rules.js';
export * from './policy/policy.js';
export * from './principal.js';
