import type { PolicyCredentials } from './credentials.js';
import { DEFAULT_RULES, UNSCOPED } from './default-rules.js';
import { definedRule, type DefinedRule } from './defined-rule.js';
import { parsePolicyFile } from './policy-file.js';
import { contentOf, lookFor, type Found, type PolicyPlaces } from './policy-places.js';
import { POLICY_RULES, type PolicyRule } from './policy-rules.js';
import type { PolicyTarget } from './policy.js';
import { RuleSet } from './rule-set.js';

export interface PolicyOptions {
  /** See `Policy.legacy`. */
  readonly legacy: boolean;
  /** False: callers with a token for the whole system or a domain pass as others do. */
  readonly enforceScope?: boolean;
  /** Rules that stand for the defaults, in the rule language, by what other options say; files win over them. */
  readonly overrides?: Readonly<Record<string, string>>;
  /** The name of the rule that stands for those that are not defined; `default`. */
  readonly defaultRule?: string;
  /** Where the operator's rules are; rules that are missing there have their defaults. */
  readonly places?: PolicyPlaces;
}

/** `foreign scope`: the caller's token is for the whole system or a domain, and the rule for projects. */
export type Decision = 'passed' | 'failed' | 'foreign scope';

const NOWHERE: PolicyPlaces = { file: [], directories: [] };

/** All rules as they are at one time. */
export class EffectivePolicy {
  private constructor(
    readonly rules: RuleSet,
    /** The files that they were read from. */
    readonly found: Found,
    private readonly fileRules: readonly DefinedRule[],
    private readonly enforceScope: boolean,
  ) {}

  /** Fails with `BadPolicyFile`, or with `BadRule` where no file is at fault; tells what may not be meant. */
  static load(options: PolicyOptions, tell: (text: string) => void = () => undefined): EffectivePolicy {
    const found = lookFor(options.places ?? NOWHERE);
    const fileRules = found.files.flatMap((file) => parsePolicyFile(contentOf(file), file, tell));
    const rules = new Map<string, DefinedRule>(POLICY_RULES.map((name) => [name, defaultRule(name, options.legacy)]));
    for (const [name, text] of Object.entries(options.overrides ?? {})) rules.set(name, definedRule(name, text, 'an option of the configuration'));
    for (const rule of fileRules) rules.set(rule.name, rule);
    return new EffectivePolicy(new RuleSet(rules, options.defaultRule ?? 'default'), found, fileRules, options.enforceScope ?? true);
  }

  decide(rule: string, caller: PolicyCredentials, target: PolicyTarget): Decision {
    if (this.enforceScope && isForeign(rule, caller)) return 'foreign scope';
    return this.rules.holds(rule, caller, target) ? 'passed' : 'failed';
  }

  /** Rules of the files that nothing asks for: neither the service, nor another rule, nor those names. */
  unused(asked: ReadonlySet<string>): DefinedRule[] {
    const known = new Set<string>([...POLICY_RULES, ...asked, ...this.rules.all().flatMap(({ parsed }) => parsed.asks.map(({ rule }) => rule))]);
    return this.fileRules.filter(({ name }) => !known.has(name));
  }
}

function defaultRule(name: PolicyRule, legacy: boolean): DefinedRule {
  const { rule, before } = DEFAULT_RULES[name];
  return legacy && before !== undefined ? definedRule(name, `(${rule}) or ${before}`, 'legacy default') : definedRule(name, rule, 'default');
}

const SCOPED = new Set<string>(POLICY_RULES.filter((name) => !UNSCOPED.includes(name)));

/** Whether the caller's token is not for a project, while the rule is. */
export const isForeign = (rule: string, { system_scope: system, domain_id: domain }: PolicyCredentials): boolean => Boolean(system ?? domain) && SCOPED.has(rule);
