import type { Policy } from '../policy/policy.js';
import { operatorRule } from '../policy/policy-rules.js';
import type { Principal } from '../principal.js';

/** Whether somebody may do one thing with the properties of one section. */
export type Right = (caller: Principal) => boolean;

/** How the values of a file are read (`property_protection_rule_format`). */
export type RuleFormat = 'roles' | 'policies';

const everybody: Right = () => true;
const nobody: Right = () => false;

/** Fails with the reason in words; tells what may not be meant. An empty value gives the right to nobody. */
export function rightOf(value: string, format: RuleFormat, policy: Policy, tell: (text: string) => void): Right {
  const words = value.split(',').map((word) => word.trim());
  if (format === 'policies' && words.length > 1) throw new Error(`'${value}': one policy rule is allowed; rules are combined in the policy file`);
  if (words.includes('@') && words.includes('!')) throw new Error("'@' (everybody) and '!' (nobody) exclude each other");
  if (words.includes('!')) return nobody;
  if (words.includes('@')) return everybody;
  if (value === '') {
    tell('it is empty: nobody may do it');
    return nobody;
  }
  return format === 'roles' ? byRole(words) : byPolicy(value, policy, tell);
}

/** A service's roles count as its user's do. */
const rolesOf = ({ roles, serviceRoles = [] }: Principal): readonly string[] => (serviceRoles.length > 0 ? [...roles, ...serviceRoles] : roles);

function byRole(names: readonly string[]): Right {
  const wanted = new Set(names.map((name) => name.toLowerCase()));
  return (caller) => rolesOf(caller).some((role) => wanted.has(role.toLowerCase()));
}

/** The rule sees the caller alone, not the image. */
function byPolicy(name: string, policy: Policy, tell: (text: string) => void): Right {
  if (!/^[^\s()'"]+$/.test(name)) throw new Error(`'${name}' is not the name of a policy rule`);
  const rule = operatorRule(name);
  if (!policy.defines(rule)) tell(`there is no policy rule '${name}': the rule 'default' stands for it`);
  const known = new WeakMap<Principal, Principal>();
  const withService = (caller: Principal): Principal => {
    if (!caller.serviceRoles?.length) return caller;
    let found = known.get(caller);
    if (!found) known.set(caller, (found = { ...caller, roles: rolesOf(caller) }));
    return found;
  };
  return (caller) => policy.allows(rule, withService(caller), {});
}
