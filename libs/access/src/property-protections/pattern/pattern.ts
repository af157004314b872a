/** Tells one code point. */
export type CharTest = (char: string) => boolean;

/** Where in the text something holds; `text` has one code point an entry. */
export type PlaceTest = (text: readonly string[], at: number) => boolean;

/** A regular expression as Python's `re` reads it, without what needs memory of what was matched before. */
export type Pattern =
  | { readonly kind: 'char'; readonly test: CharTest }
  | { readonly kind: 'place'; readonly test: PlaceTest }
  | { readonly kind: 'sequence'; readonly parts: readonly Pattern[] }
  | { readonly kind: 'choice'; readonly branches: readonly Pattern[] }
  | { readonly kind: 'repeat'; readonly body: Pattern; readonly min: number; readonly max: number }
  /** Holds where `body` matches, or does not, from here on; with `back` from that many code points before. */
  | { readonly kind: 'look'; readonly body: Pattern; readonly negated: boolean; readonly back: number };

/** Inline flags of Python: ASCII only, without case, lines, dot takes all, white space means nothing. */
export interface Flags {
  readonly a: boolean;
  readonly i: boolean;
  readonly m: boolean;
  readonly s: boolean;
  readonly x: boolean;
}

export const NO_FLAGS: Flags = { a: false, i: false, m: false, s: false, x: false };

/** A regular expression cannot be used; `column` counts code points from 1. */
export class BadPattern extends Error {
  readonly code = 'BadPattern';
  constructor(readonly reason: string, readonly column: number) {
    super(`column ${column}: ${reason}`);
  }
}

/** Code points that every match takes; undefined where matches differ in that. */
export function widthOf(pattern: Pattern): number | undefined {
  switch (pattern.kind) {
    case 'char':
      return 1;
    case 'place':
    case 'look':
      return 0;
    case 'sequence':
      return pattern.parts.map(widthOf).reduce((sum, width) => (sum === undefined || width === undefined ? undefined : sum + width), 0);
    case 'choice': {
      const [first, ...others] = pattern.branches.map(widthOf);
      return others.every((width) => width === first) ? first : undefined;
    }
    case 'repeat': {
      const width = widthOf(pattern.body);
      if (width === 0) return 0;
      return width === undefined || pattern.min !== pattern.max ? undefined : width * pattern.min;
    }
  }
}
