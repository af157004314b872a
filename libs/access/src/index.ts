export * from './policy/policy-rules.js';
export * from './policy/policy.js';
export * from './principal.js';
