import type { CharTest, Flags } from './pattern.js';

const fits = (source: RegExp): CharTest => (char) => source.test(char);
/** Among Python's white space are the four separators of ASCII. */
const isSpace: CharTest = (char) => /^\p{White_Space}$/u.test(char) || (char >= '\x1c' && char <= '\x1f');

/** `\d`, `\s` and `\w` as Python's `str` has them. */
const CATEGORIES: Readonly<Record<'d' | 's' | 'w', { readonly unicode: CharTest; readonly ascii: CharTest }>> = {
  d: { unicode: fits(/^\p{Nd}$/u), ascii: fits(/^[0-9]$/) },
  s: { unicode: isSpace, ascii: fits(/^[\t-\r ]$/) },
  w: { unicode: fits(/^[\p{L}\p{N}_]$/u), ascii: fits(/^[A-Za-z0-9_]$/) },
};

export const isCategory = (letter: string): boolean => /^[dswDSW]$/.test(letter);

/** Of `\d` or, in upper case, of all that it is not. */
export function category(letter: string, { a }: Flags): CharTest {
  const { unicode, ascii } = CATEGORIES[letter.toLowerCase() as 'd'];
  const found = a ? ascii : unicode;
  return letter === letter.toLowerCase() ? found : (char) => !found(char);
}

/** The code points from one to another, both included; without case where the flags say so. */
export function range(from: string, to: string, { i, a }: Flags): CharTest {
  const [low, high] = [codeOf(from), codeOf(to)];
  const within: CharTest = (char) => codeOf(char) >= low && codeOf(char) <= high;
  if (!i) return within;
  if (a) return (char) => within(char) || (char < '\x80' && (within(char.toLowerCase()) || within(char.toUpperCase())));
  const source = new RegExp(`^[${escaped(low)}-${escaped(high)}]$`, 'iu');
  return (char) => source.test(char);
}

export const literal = (char: string, flags: Flags): CharTest => (flags.i ? range(char, char, flags) : (one) => one === char);

export const anyOf = (tests: readonly CharTest[], negated: boolean): CharTest => (char) => tests.some((test) => test(char)) !== negated;

export const codeOf = (char: string): number => char.codePointAt(0) ?? -1;

const escaped = (code: number): string => `\\u{${code.toString(16)}}`;
