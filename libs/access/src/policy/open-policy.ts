import type { Principal } from '../principal.js';
import { EffectivePolicy, type PolicyOptions } from './effective-policy.js';
import type { Policy } from './policy.js';
import { WatchedPolicy, type PolicyLog } from './watched-policy.js';

const SILENCE: PolicyLog = { log: () => undefined, warn: () => undefined, error: () => undefined };

/**
 * Fails with `BadPolicyFile` or `BadRule` where a rule is not in the rule language or asks for itself. Files that are changed
 * later are read again.
 */
export function openPolicy(options: PolicyOptions, log: PolicyLog = SILENCE): WatchedPolicy {
  return new WatchedPolicy(EffectivePolicy.load(options, (text) => log.warn(text)), options, log);
}

/** A caller with these roles, as the rule `context_is_admin` sees it. */
export function withAdmin(policy: Policy, caller: Principal): Principal {
  return { ...caller, admin: policy.allows('context_is_admin', caller, {}) };
}
