import { category, isCategory, literal } from './char-tests.js';
import { escapedChar, parseSet } from './parse-chars.js';
import { PatternSource } from './pattern-source.js';
import { groupAt, leadingFlags } from './parse-group.js';
import { END, LINE_END, LINE_START, START, TEXT_END, wordEdge } from './places.js';
import type { Flags, PlaceTest, Pattern } from './pattern.js';

/** Deeper nesting than anybody writes. */
const MAX_DEPTH = 100;

/** Fails with `BadPattern` where Python would refuse it too, and for what only a matcher with memory could do. */
export function parsePattern(text: string): Pattern {
  const parser = new PatternParser(new PatternSource(text));
  return parser.whole();
}

export class PatternParser {
  /** The whole is no parenthesis. */
  private depth = -1;
  private readonly names = new Set<string>();

  constructor(readonly source: PatternSource) {}

  whole(): Pattern {
    const pattern = this.choice(leadingFlags(this.source));
    if (this.source.next !== undefined) throw this.source.refuse('a parenthesis is closed that was not opened');
    return pattern;
  }

  /** Up to a closing parenthesis, which stays. */
  choice(flags: Flags): Pattern {
    this.depth += 1;
    if (this.depth > MAX_DEPTH) throw this.source.refuse(`more than ${MAX_DEPTH} parentheses are nested`);
    const branches = [this.sequence(flags)];
    while (this.source.skip('|')) branches.push(this.sequence(flags));
    this.depth -= 1;
    return branches.length === 1 && branches[0] ? branches[0] : { kind: 'choice', branches };
  }

  name(name: string): void {
    if (!/^[\p{ID_Start}_]\p{ID_Continue}*$/u.test(name)) throw this.source.refuse(`'${name}' is not a name for a group`);
    if (this.names.has(name)) throw this.source.refuse(`there are two groups named '${name}'`);
    this.names.add(name);
  }

  private sequence(flags: Flags): Pattern {
    const parts: Pattern[] = [];
    for (;;) {
      if (flags.x) skipBlank(this.source);
      const { next } = this.source;
      if (next === undefined || next === '|' || next === ')') return { kind: 'sequence', parts };
      const times = this.times();
      if (times) parts.push(this.repeated(parts.pop(), times));
      else parts.push(...this.item(flags));
    }
  }

  private item(flags: Flags): Pattern[] {
    const char = this.source.take();
    if (char === '(') return groupAt(this, flags);
    if (char === '[') return [{ kind: 'char', test: parseSet(this.source, flags) }];
    if (char === '.') return [{ kind: 'char', test: flags.s ? () => true : (one) => one !== '\n' }];
    if (char === '^') return [place(flags.m ? LINE_START : START)];
    if (char === '$') return [place(flags.m ? LINE_END : TEXT_END)];
    return [char === '\\' ? this.escape(flags) : { kind: 'char', test: literal(char, flags) }];
  }

  private escape(flags: Flags): Pattern {
    const letter = this.source.next ?? '';
    if (isCategory(letter)) return { kind: 'char', test: category(this.source.take(), flags) };
    if (letter === 'A' || letter === 'Z' || letter === 'b' || letter === 'B') {
      this.source.take();
      return place(letter === 'A' ? START : letter === 'Z' ? END : wordEdge(category('w', flags), letter === 'b'));
    }
    const char = escapedChar(this.source, false);
    if (char !== undefined) return { kind: 'char', test: literal(char, flags) };
    if (/[1-9]/.test(letter)) throw this.source.refuse(`\\${letter}: references to groups are not served`);
    throw this.source.refuse(letter === 'N' ? '\\N{…}: names of characters are not served' : `\\${letter} is not an escape`);
  }

  /** How often what stands before is asked for; undefined: nothing of that kind is here, and a brace is only a brace. */
  private times(): { readonly min: number; readonly max: number } | undefined {
    const { source } = this;
    const start = source.at;
    if (source.skip('*')) return { min: 0, max: Number.POSITIVE_INFINITY };
    if (source.skip('+')) return { min: 1, max: Number.POSITIVE_INFINITY };
    if (source.skip('?')) return { min: 0, max: 1 };
    if (!source.skip('{')) return undefined;
    const low = source.takeWhile(/[0-9]/);
    const high = source.skip(',') ? source.takeWhile(/[0-9]/) || 'Infinity' : low;
    if (high === '' || !source.skip('}')) {
      source.at = start;
      return undefined;
    }
    const times = { min: Number(low), max: Number(high) };
    if (times.max < times.min) throw source.refuse('more repetitions are asked for than are allowed', start);
    return times;
  }

  /** Whether it prefers few or many makes no difference to whether there is a match. */
  private repeated(body: Pattern | undefined, times: { readonly min: number; readonly max: number }): Pattern {
    if (!body || body.kind === 'place') throw this.source.refuse('there is nothing to repeat', this.source.at - 1);
    if (body.kind === 'repeat') throw this.source.refuse('what is repeated is repeated again', this.source.at - 1);
    if (this.source.skip('+')) throw this.source.refuse('possessive repetitions are not served', this.source.at - 1);
    this.source.skip('?');
    return { kind: 'repeat', body, ...times };
  }
}

const place = (test: PlaceTest): Pattern => ({ kind: 'place', test });

function skipBlank(source: PatternSource): void {
  for (;;) {
    const before = source.at;
    source.takeWhile(/[ \t\n\r\v\f]/);
    if (source.skip('#')) skipLine(source);
    if (source.at === before) return;
  }
}

/** A backslash hides the end of the line. */
function skipLine(source: PatternSource): void {
  while (source.next !== undefined && source.next !== '\n') {
    source.skip('\\');
    source.take();
  }
}
