import type { CharTest, PlaceTest } from './pattern.js';

export const START: PlaceTest = (_text, at) => at === 0;
export const END: PlaceTest = (text, at) => at === text.length;
/** `$` also holds before a newline that ends the text. */
export const TEXT_END: PlaceTest = (text, at) => at === text.length || (at === text.length - 1 && text[at] === '\n');
export const LINE_START: PlaceTest = (text, at) => at === 0 || text[at - 1] === '\n';
export const LINE_END: PlaceTest = (text, at) => at === text.length || text[at] === '\n';

/** `\b`, and with `is` false `\B`: which never holds in an empty text, as in Python. */
export const wordEdge = (isWord: CharTest, is: boolean): PlaceTest => (text, at) => {
  const [before, after] = [text[at - 1], text[at]];
  const edge = (before !== undefined && isWord(before)) !== (after !== undefined && isWord(after));
  return text.length > 0 && edge === is;
};
