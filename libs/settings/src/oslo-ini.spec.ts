import { parseIni } from './oslo-ini.js';

const read = (text: string) => parseIni(text, 'glance.conf').map(({ group, option, value }) => `${group}.${option}=${value}`);

describe('parseIni', () => {
  it('reads "=" and ":" and splits at whichever comes first', () => {
    expect(read('a = 1\nb: 2\nc = x:y\nd : x=y')).toEqual(['DEFAULT.a=1', 'DEFAULT.b=2', 'DEFAULT.c=x:y', 'DEFAULT.d=x=y']);
  });

  it('takes lines that start with # or ; as comments, but not what follows a value', () => {
    expect(read('# a = 1\n; b = 2\nc = 3 # kept')).toEqual(['DEFAULT.c=3 # kept']);
  });

  it('joins indented lines to the value before them until a blank line', () => {
    expect(read('a = one\n  two\n\tthree\n\nb = 1')).toEqual(['DEFAULT.a=one\ntwo\nthree', 'DEFAULT.b=1']);
  });

  it('keeps every value of a repeated key, in order', () => {
    expect(read('[g]\nd = 1\nd = 2')).toEqual(['g.d=1', 'g.d=2']);
  });

  it('strips one pair of like quotes around a value only', () => {
    expect(read(`a = "x "\nb = 'y'\nc = "z'\nd = "`)).toEqual(['DEFAULT.a=x ', 'DEFAULT.b=y', `DEFAULT.c="z'`, 'DEFAULT.d="']);
  });

  it('compares group names without case and lets an option have dashes', () => {
    expect(read('[Glance_Store]\ndefault-store = file\n[default]\nx = 1')).toEqual(['glance_store.default_store=file', 'DEFAULT.x=1']);
  });

  it('reads files with CRLF and a byte order mark', () => {
    expect(read('\uFEFF[g]\r\na = 1\r\n')).toEqual(['g.a=1']);
  });

  it.each([
    ['[g', 1],
    ['a = 1\n\n[]', 3],
    ['a = 1\njust words', 2],
    ['  indented = 1', 1],
    ['= 1', 1],
  ])('refuses %j and names line %i', (text, line) => {
    expect(() => parseIni(text, 'glance.conf')).toThrow(`glance.conf:${line}: `);
  });
});
