import type { PolicyCredentials } from './credentials.js';
import type { DefinedRule } from './defined-rule.js';
import type { PolicyTarget } from './policy.js';

/** How deep rules that ask each other may be altogether, with their parentheses: more would exhaust the stack. */
const MAX_DEPTH = 300;

/** Rules that ask each other. Fails as the rule's own refusal says where one asks for itself. */
export class RuleSet {
  /** `defaultRule`: the one that stands for those that are not defined; none where it is not defined itself. */
  constructor(private readonly rules: ReadonlyMap<string, DefinedRule>, private readonly defaultRule: string) {
    const depths = new Map<string, number>();
    for (const rule of rules.values()) this.measure(rule, depths);
  }

  /** In the order of their definition. */
  all(): DefinedRule[] {
    return [...this.rules.values()];
  }

  has(name: string): boolean {
    return this.rules.has(name);
  }

  /** Each rule is asked once: what it answers does not change on the way. */
  holds(name: string, caller: PolicyCredentials, target: PolicyTarget): boolean {
    const known = new Map<string, boolean>();
    const ask = (one: string): boolean => {
      let answer = known.get(one);
      if (answer === undefined) known.set(one, (answer = this.ruleFor(one)?.parsed.check(caller, target, ask) ?? false));
      return answer;
    };
    return ask(name);
  }

  private ruleFor(name: string): DefinedRule | undefined {
    return this.rules.get(name) ?? this.rules.get(this.defaultRule);
  }

  /** Not recursive: how many rules ask each other in a row is only known afterwards. */
  private measure(first: DefinedRule, depths: Map<string, number>): void {
    const path = [{ rule: first, next: 0 }];
    for (let at = path.at(-1); at && !depths.has(first.name); at = path.at(-1)) {
      const asked = at.rule.parsed.asks[at.next];
      at.next += 1;
      const other = asked && this.ruleFor(asked.rule);
      if (!asked) {
        depths.set(at.rule.name, this.depthOf(at.rule, depths));
        path.pop();
      } else if (other && path.some(({ rule }) => rule === other)) {
        const circle = path.slice(path.findIndex(({ rule }) => rule === other)).map(({ rule }) => rule.name);
        throw at.rule.refusal(asked.column, `it asks for itself: ${[...circle, other.name].join(' → ')}`);
      } else if (other && !depths.has(other.name)) {
        if (path.length >= MAX_DEPTH) throw first.refusal(1, `more than ${MAX_DEPTH} rules ask each other in a row`);
        path.push({ rule: other, next: 0 });
      }
    }
  }

  private depthOf(rule: DefinedRule, depths: ReadonlyMap<string, number>): number {
    const below = rule.parsed.asks.reduce((most, { rule: name }) => Math.max(most, depths.get(this.ruleFor(name)?.name ?? '') ?? 0), 0);
    const depth = below + rule.parsed.depth + 1;
    if (depth > MAX_DEPTH) throw rule.refusal(1, `with the rules that it asks for it is nested more than ${MAX_DEPTH} deep`);
    return depth;
  }
}
