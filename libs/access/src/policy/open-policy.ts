import type { Principal } from '../principal.js';
import { credentialsOfPrincipal, type PolicyCredentials } from './credentials.js';
import { DEFAULT_RULES } from './default-rules.js';
import { BadRule, parseRule } from './parse-rule.js';
import { POLICY_RULES, type PolicyRule } from './policy-rules.js';
import type { Policy, PolicyTarget } from './policy.js';

export interface PolicyOptions {
  /** See `Policy.legacy`. */
  readonly legacy: boolean;
  /** Rules as the operator wrote them; those that are missing have their defaults. */
  readonly overrides?: Readonly<Record<string, string>>;
}

/** Fails with `BadRule` where a rule is not in the rule language or is asked for by itself. */
export function openPolicy({ legacy, overrides = {} }: PolicyOptions): Policy {
  const texts = new Map<string, string>(POLICY_RULES.map((name) => [name, defaultText(name, legacy)]));
  for (const [name, text] of Object.entries(overrides)) texts.set(name, text);
  const checks = new Map(Array.from(texts, ([name, text]) => [name, parseRule(name, text)] as const));
  refuseCycles(texts);
  const allows = (rule: string, caller: PolicyCredentials, target: PolicyTarget): boolean => {
    const ask = (name: string): boolean => (checks.get(name) ?? checks.get('default'))?.(caller, target, ask) ?? false;
    return ask(rule);
  };
  return { legacy, allows: (rule, caller, target) => allows(rule, credentialsOfPrincipal(caller), target), defines: (rule) => checks.has(rule) };
}

function defaultText(name: PolicyRule, legacy: boolean): string {
  const { rule, before } = DEFAULT_RULES[name];
  return legacy && before !== undefined ? `(${rule}) or ${before}` : rule;
}

/** A caller with these roles, as the rule `context_is_admin` sees it. */
export function withAdmin(policy: Policy, caller: Principal): Principal {
  return { ...caller, admin: policy.allows('context_is_admin', caller, {}) };
}

function refuseCycles(texts: ReadonlyMap<string, string>): void {
  const done = new Set<string>();
  const visit = (name: string, path: readonly string[]): void => {
    if (path.includes(name)) throw new BadRule(name, 1, `it asks for itself: ${[...path, name].join(' → ')}`);
    if (done.has(name)) return;
    const text = texts.get(name) ?? '';
    for (const [, other = ''] of text.matchAll(/\brule:([^\s()]+)/g)) visit(other, [...path, name]);
    done.add(name);
  };
  for (const name of texts.keys()) visit(name, []);
}
