import { BadPattern } from './pattern.js';

/** The text of a regular expression, read code point by code point. */
export class PatternSource {
  private readonly chars: readonly string[];
  at = 0;

  constructor(text: string) {
    this.chars = Array.from(text);
  }

  get next(): string | undefined {
    return this.chars[this.at];
  }

  take(): string {
    const char = this.next;
    if (char === undefined) throw this.refuse('it ends too early');
    this.at += 1;
    return char;
  }

  /** Whether that text stood here; it is passed then. */
  skip(text: string): boolean {
    if (this.chars.slice(this.at, this.at + text.length).join('') !== text) return false;
    this.at += text.length;
    return true;
  }

  /** The characters that fit, at most so many. */
  takeWhile(fits: RegExp, most = Number.POSITIVE_INFINITY): string {
    let taken = '';
    while (taken.length < most && this.next !== undefined && fits.test(this.next)) taken += this.take();
    return taken;
  }

  /** The text before the end mark, which is passed too. A backslash hides the mark, even where it means nothing else. */
  takeUntil(end: string): string {
    let taken = '';
    while (this.next !== end) taken += this.next === '\\' ? this.take() + this.take() : this.take();
    this.at += 1;
    return taken;
  }

  refuse(reason: string, at = this.at): BadPattern {
    return new BadPattern(reason, at + 1);
  }
}
