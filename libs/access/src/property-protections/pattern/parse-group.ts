import type { PatternParser } from './parse-pattern.js';
import type { PatternSource } from './pattern-source.js';
import { NO_FLAGS, widthOf, type Flags, type Pattern } from './pattern.js';

/** `(?i)` and the like, which stand at the very start and hold for all. */
export function leadingFlags(source: PatternSource): Flags {
  let flags = NO_FLAGS;
  for (;;) {
    const start = source.at;
    const letters = source.skip('(?') ? source.takeWhile(/[aiLmsux]/) : '';
    if (letters === '' || !source.skip(')')) {
      source.at = start;
      return flags;
    }
    flags = withFlags(flags, letters, true, source);
  }
}

function withFlags(flags: Flags, letters: string, on: boolean, source: PatternSource): Flags {
  if (letters.includes('L')) throw source.refuse('the flag L is only for bytes');
  if (letters.includes('a') && letters.includes('u')) throw source.refuse('the flags a and u contradict each other');
  if (!on && /[au]/.test(letters)) throw source.refuse('the flags a and u cannot be turned off');
  const changed = Object.fromEntries(Array.from(letters, (letter) => (letter === 'u' ? ['a', false] : [letter, on])));
  return { ...flags, ...changed };
}

/** A group, after its opening parenthesis; a comment is nothing. */
export function groupAt(parser: PatternParser, flags: Flags): Pattern[] {
  const { source } = parser;
  const start = source.at - 1;
  const inside = (own: Flags = flags): Pattern => {
    const pattern = parser.choice(own);
    if (!source.skip(')')) throw source.refuse('the parenthesis is not closed', start);
    // A group of its own: what is repeated in it may be repeated as a whole.
    return { kind: 'sequence', parts: [pattern] };
  };
  if (!source.skip('?')) return [inside()];
  if (source.skip(':')) return [inside()];
  if (source.skip('#')) return comment(source);
  if (source.skip('=')) return [{ kind: 'look', body: inside(), negated: false, back: 0 }];
  if (source.skip('!')) return [{ kind: 'look', body: inside(), negated: true, back: 0 }];
  if (source.skip('<=')) return [behind(inside(), false, source)];
  if (source.skip('<!')) return [behind(inside(), true, source)];
  if (source.skip('P<')) return [named(parser, inside)];
  if (source.skip('P=')) throw source.refuse('references to groups are not served', start);
  if (source.skip('(')) throw source.refuse('conditions on groups are not served', start);
  if (source.skip('>')) throw source.refuse('atomic groups are not served', start);
  return [inside(scopedFlags(source, flags))];
}

function comment(source: PatternSource): Pattern[] {
  source.takeUntil(')');
  return [];
}

function named(parser: PatternParser, inside: () => Pattern): Pattern {
  parser.name(parser.source.takeUntil('>'));
  return inside();
}

function behind(body: Pattern, negated: boolean, source: PatternSource): Pattern {
  const back = widthOf(body);
  if (back === undefined) throw source.refuse('what is looked for behind must have a fixed width');
  return { kind: 'look', body, negated, back };
}

/** `(?i-s:`, after the question mark. */
function scopedFlags(source: PatternSource, flags: Flags): Flags {
  const start = source.at;
  const on = source.takeWhile(/[aiLmsux]/);
  const off = source.skip('-') ? source.takeWhile(/[aiLmsux]/) : undefined;
  if (off === undefined && on !== '' && source.next === ')') throw source.refuse('flags for all stand at the start', start);
  if (off === '' || (on === '' && off === undefined) || !source.skip(':')) throw source.refuse(`(?${source.next ?? ''} is not a group`, start);
  if (Array.from(on).some((letter) => off?.includes(letter))) throw source.refuse('a flag is turned on and off', start);
  return withFlags(withFlags(flags, on, true, source), off ?? '', false, source);
}
