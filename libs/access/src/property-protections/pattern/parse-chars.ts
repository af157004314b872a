import { anyOf, category, codeOf, isCategory, literal, range } from './char-tests.js';
import type { CharTest, Flags } from './pattern.js';
import type { PatternSource } from './pattern-source.js';

const CONTROLS: Readonly<Record<string, string>> = { a: '\x07', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };
const HEX_DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** The character that an escape stands for, after its backslash; undefined: it stands for none. */
export function escapedChar(source: PatternSource, inSet: boolean): string | undefined {
  const start = source.at;
  const letter = source.next ?? '';
  const digits = HEX_DIGITS[letter];
  if (/[0-7]/.test(letter)) return octal(source, inSet);
  if (!/[A-Za-z0-9]/.test(letter)) return source.take();
  source.take();
  if (letter in CONTROLS) return CONTROLS[letter];
  if (letter === 'b' && inSet) return '\b';
  if (digits === undefined) {
    source.at = start;
    return undefined;
  }
  const hex = source.takeWhile(/[0-9a-fA-F]/, digits);
  const code = Number.parseInt(hex, 16);
  if (hex.length < digits || code > 0x10ffff) throw source.refuse(`\\${letter} needs ${digits} hexadecimal digits of a character`, start);
  return String.fromCodePoint(code);
}

/** `\0`, `\07`, `\101`; outside of a set other digits name a group. */
function octal(source: PatternSource, inSet: boolean): string | undefined {
  const start = source.at;
  const digits = source.takeWhile(/[0-7]/, 3);
  if (!inSet && !digits.startsWith('0') && digits.length < 3) {
    source.at = start;
    return undefined;
  }
  const code = Number.parseInt(digits, 8);
  if (code > 0o377) throw source.refuse(`\\${digits} is larger than \\377`, start);
  return String.fromCodePoint(code);
}

type Item = { readonly char: string } | { readonly test: CharTest };

/** `[a-z_]`, after its opening bracket. */
export function parseSet(source: PatternSource, flags: Flags): CharTest {
  const start = source.at - 1;
  const negated = source.skip('^');
  const tests: CharTest[] = [];
  for (let first = true; first || source.next !== ']'; first = false) {
    if (source.next === undefined) throw source.refuse('the character set is not closed', start);
    tests.push(...member(source, flags));
  }
  source.take();
  return anyOf(tests, negated);
}

/** A character, a category or a range; a hyphen at the end of the set is one too. */
function member(source: PatternSource, flags: Flags): CharTest[] {
  const start = source.at;
  const from = item(source, flags);
  const single = 'char' in from ? literal(from.char, flags) : from.test;
  if (!source.skip('-')) return [single];
  if (source.next === ']') return [single, literal('-', flags)];
  if (source.next === undefined) throw source.refuse('the character set is not closed', start);
  const to = item(source, flags);
  if (!('char' in from) || !('char' in to) || codeOf(from.char) > codeOf(to.char)) throw source.refuse('bad character range', start);
  return [range(from.char, to.char, flags)];
}

function item(source: PatternSource, flags: Flags): Item {
  const char = source.take();
  if (char !== '\\') return { char };
  const letter = source.next ?? '';
  if (isCategory(letter)) return { test: category(source.take(), flags) };
  const escaped = escapedChar(source, true);
  if (escaped === undefined) throw source.refuse(`\\${letter} is not an escape in a character set`);
  return { char: escaped };
}
