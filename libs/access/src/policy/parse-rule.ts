import { all, always, any, never, not, single, type Check } from './check.js';

/** A rule's text is not in the rule language; `column` counts from 1. */
export class BadRule extends Error {
  readonly code = 'BadRule';
  constructor(readonly rule: string, readonly column: number, reason: string) {
    super(`policy rule ${rule}, column ${column}: ${reason}`);
  }
}

interface Token {
  readonly kind: '(' | ')' | 'and' | 'or' | 'not' | 'check';
  readonly text: string;
  readonly column: number;
}

const WORD = /\(|\)|(?:"[^"]*"|'[^']*'|%\([^)]*\)s|[^\s()])+/g;

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
export function parseRule(name: string, text: string): Check {
  if (text.trim() === '') return always;
  return new Parser(name, text).whole();
}

class Parser {
  private readonly tokens: readonly Token[];
  private at = 0;

  constructor(private readonly name: string, private readonly text: string) {
    this.tokens = [...tokens(text)];
  }

  whole(): Check {
    const check = this.or();
    const rest = this.tokens[this.at];
    if (rest) throw this.refuse(`'${rest.text}' is not expected here`, rest);
    return check;
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
    return this.take('not') ? not(this.not()) : this.operand();
  }

  private operand(): Check {
    if (this.take('(')) {
      const check = this.or();
      if (!this.take(')')) throw this.refuse("a ')' is missing", this.tokens[this.at]);
      return check;
    }
    const token = this.take('check');
    if (!token) throw this.refuse('a check is missing', this.tokens[this.at]);
    return this.check(token);
  }

  private check(token: Token): Check {
    const { text } = token;
    if (text === '@') return always;
    if (text === '!') return never;
    const quoted = /^(?:"[^"]*"|'[^']*')/.exec(text)?.[0].length ?? 0;
    const colon = text.indexOf(':', quoted);
    if (colon < 1) throw this.refuse(`'${text}' is not a check like role:admin`, token);
    const kind = text.slice(0, colon);
    if (kind === 'http' || kind === 'https') throw this.refuse(`checks by ${kind} are not served`, token);
    return single(kind, text.slice(colon + 1));
  }

  private take(kind: Token['kind']): Token | undefined {
    const token = this.tokens[this.at];
    if (token?.kind !== kind) return undefined;
    this.at += 1;
    return token;
  }

  private refuse(reason: string, at: Token | undefined): BadRule {
    return new BadRule(this.name, at?.column ?? this.text.length + 1, reason);
  }
}
