import { all, always, any, never, not, single, type Check } from './check.js';

/** A rule's text is not in the rule language; `column` counts from 1. */
export class BadRule extends Error {
  readonly code = 'BadRule';
  constructor(readonly rule: string, readonly column: number, readonly reason: string) {
    super(`policy rule ${rule}, column ${column}: ${reason}`);
  }
}

/** A rule that can be asked, and the rules that it asks for, in their order. */
export interface ParsedRule {
  readonly check: Check;
  readonly asks: readonly { readonly rule: string; readonly column: number }[];
  /** How many parentheses and `not` stand in each other. */
  readonly depth: number;
}

/** How deep parentheses and `not` may stand in each other; nobody writes so many. */
const MAX_DEPTH = 100;

interface Token {
  readonly kind: '(' | ')' | 'and' | 'or' | 'not' | 'check';
  readonly text: string;
  readonly column: number;
}

const WORD = /\(|\)|(?:"[^"]*"|'[^']*'|%\([^()]{0,255}\)s|[^\s()])+/g;

function* tokens(text: string): Generator<Token> {
  for (const { 0: word, index } of text.matchAll(WORD)) {
    const lower = word.toLowerCase();
    const kind = word === '(' || word === ')' ? word : lower === 'and' || lower === 'or' || lower === 'not' ? lower : 'check';
    yield { kind, text: word, column: index + 1 };
  }
}

/**
 * The rule language of oslo.policy: checks joined by `and`, `or`, `not` and parentheses; `@` and the empty text always
 * hold, `!` never (https://docs.openstack.org/oslo.policy/latest/reference/api/oslo_policy.policy.html).
 */
export function parseRule(name: string, text: string): ParsedRule {
  return text.trim() === '' ? { check: always, asks: [], depth: 0 } : new Parser(name, [...tokens(text)], text.length).whole();
}

/** One check of the older form of rules, lists of lists: all of its text, which may hold spaces. */
export function parseSingleCheck(name: string, text: string): ParsedRule {
  return new Parser(name, [{ kind: 'check', text, column: 1 }], text.length).whole();
}

class Parser {
  private at = 0;
  private depth = 0;
  private deepest = 0;
  private readonly asks: { rule: string; column: number }[] = [];

  constructor(private readonly name: string, private readonly tokens: readonly Token[], private readonly length: number) {}

  whole(): ParsedRule {
    const check = this.or();
    const rest = this.tokens[this.at];
    if (rest) throw this.refuse(`'${shown(rest.text)}' is not expected here`, rest);
    return { check, asks: this.asks, depth: this.deepest };
  }

  private or(): Check {
    const checks = [this.and()];
    while (this.take('or')) checks.push(this.and());
    return checks.length === 1 && checks[0] ? checks[0] : any(checks);
  }

  private and(): Check {
    const checks = [this.not()];
    while (this.take('and')) checks.push(this.not());
    return checks.length === 1 && checks[0] ? checks[0] : all(checks);
  }

  private not(): Check {
    const token = this.take('not');
    return token ? not(this.deeper(token, () => this.not())) : this.operand();
  }

  private operand(): Check {
    const open = this.take('(');
    if (open) {
      const check = this.deeper(open, () => this.or());
      if (!this.take(')')) throw this.refuse("a ')' is missing", this.tokens[this.at]);
      return check;
    }
    const token = this.take('check');
    if (!token) throw this.refuse('a check is missing', this.tokens[this.at]);
    return this.check(token);
  }

  private deeper(from: Token, parse: () => Check): Check {
    this.depth += 1;
    this.deepest = Math.max(this.deepest, this.depth);
    if (this.depth > MAX_DEPTH) throw this.refuse(`it is nested more than ${MAX_DEPTH} deep`, from);
    const check = parse();
    this.depth -= 1;
    return check;
  }

  private check(token: Token): Check {
    const { text, column } = token;
    if (text === '@') return always;
    if (text === '!') return never;
    const quoted = /^(?:"[^"]*"|'[^']*')/.exec(text)?.[0].length ?? 0;
    const colon = text.indexOf(':', quoted);
    if (colon < 1) throw this.refuse(`'${shown(text)}' is not a check like role:admin`, token);
    const kind = text.slice(0, colon);
    const match = text.slice(colon + 1);
    if (kind === 'http' || kind === 'https') throw this.refuse(`remote checks (${kind}:) are not supported: no other server is asked`, token);
    if (kind === 'rule') this.asks.push({ rule: match, column });
    return single(kind, match);
  }

  private take(kind: Token['kind']): Token | undefined {
    const token = this.tokens[this.at];
    if (token?.kind !== kind) return undefined;
    this.at += 1;
    return token;
  }

  private refuse(reason: string, at: Token | undefined): BadRule {
    return new BadRule(this.name, at?.column ?? this.length + 1, reason);
  }
}

/** Short enough for a line of a log. */
const shown = (text: string): string => (text.length > 80 ? `${text.slice(0, 80)}…` : text);
