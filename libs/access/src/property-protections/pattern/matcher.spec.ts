import fc from 'fast-check';
import { Matcher } from './matcher.js';
import { parsePattern } from './parse-pattern.js';
import { BadPattern } from './pattern.js';

const search = (pattern: string, text: string): boolean => new Matcher(parsePattern(pattern)).search(text);

describe('a pattern', () => {
  it.each([
    ['x_', 'my_x_y', true], ['^x_', 'my_x_y', false], ['^x_.*', 'x_', true], ['.*', '', true], ['y$', 'xy', true], ['x$', 'xy', false],
    ['^a|b$', 'ab', true], ['^(a|b)$', 'ab', false], ['^a{2,3}$', 'aaaa', false], ['^a{2,}$', 'aaaa', true], ['^a{,2}$', '', true], ['^a{2}$', 'aa', true],
    ['^[a-c_]+$', 'ab_c', true], ['^[^a-c]+$', 'xyb', false], ['[]]', ']', true], ['[^]]', ']', false], ['[a-]', '-', true], ['a{', 'a{', true], ['a{,x}', 'a{,x}', true],
    [String.raw`^\w+$`, 'größe_1', true], [String.raw`(?a)^\w+$`, 'größe', false], [String.raw`^\d+$`, '١٢', true], [String.raw`^\S+$`, 'a b', false],
    [String.raw`\bx\b`, 'a x b', true], [String.raw`\bx\b`, 'axb', false], [String.raw`\Ax\Z`, 'x', true], [String.raw`x\Z`, 'x\n', false], ['x$', 'x\n', true],
    ['a.b', 'a\nb', false], ['(?s)a.b', 'a\nb', true], ['^b', 'a\nb', false], ['(?m)^b', 'a\nb', true], ['(?i)^X_É', 'x_é', true], ['(?x) a b # c', 'ab', true],
    ['a(?i:b)c', 'aBc', true], ['a(?i:b)c', 'aBC', false], ['(?i)a(?-i:b)', 'AB', false], ['(?P<name>a)b', 'ab', true], ['a(?#not b)c', 'ac', true],
    ['^(?!x_)', 'x_a', false], ['^(?!x_)', 'y_a', true], ['a(?=b)', 'ab', true], ['(?<=a)b', 'ab', true], ['(?<!a)b', 'ab', false], ['(?<!a)b', 'cb', true],
    [String.raw`^\x41\u00e9\101\0$`, 'AéA\0', true], [String.raw`^trait:[A-Z0-9_]+$`, 'trait:HW_CPU', true], ['^.$', '😀', true], [String.raw`[\d-]`, '-', true],
  ])('%j in %j is found: %s', (pattern, text, found) => {
    expect(search(pattern, text)).toBe(found);
  });

  it.each([
    ['(', 'not closed', 1], ['a)', 'not opened', 2], ['[a', 'not closed', 1], ['*a', 'nothing to repeat', 1], ['^*', 'nothing to repeat', 2], ['a**', 'repeated again', 3],
    ['a++', 'possessive', 3], ['a{3,2}', 'more repetitions', 2], ['[z-a]', 'range', 2], [String.raw`[\d-z]`, 'range', 2], [String.raw`\q`, 'not an escape', 2], [String.raw`(a)\1`, 'references', 5],
    ['(?P<a>b)(?P=a)', 'references', 9], ['(a)?(?(1)b)', 'conditions', 5], ['(?>a)', 'atomic', 1], ['(?<=a*)b', 'fixed width', 8], ['(?<a>b)', 'not a group', 3], ['a(?i)', 'at the start', 4],
    ['(?L)a', 'bytes', 5], [String.raw`\x4`, 'digits', 2], [String.raw`\N{BULLET}`, 'not served', 2], ['\\', 'too early', 2], ['(?P<1>a)', 'not a name', 7], ['(?P<a>b)(?P<a>c)', 'two groups', 15],
    ['a{9999}', 'too large', 1], [`${'('.repeat(101)}a${')'.repeat(101)}`, 'nested', 102],
  ])('%j is refused: %s, column %d', (pattern, reason, column) => {
    expect(() => search(pattern, 'a')).toThrow(BadPattern);
    expect(() => search(pattern, 'a')).toThrow(reason);
    expect(() => search(pattern, 'a')).toThrow(`column ${column}:`);
  });

  it.each(['^(a+)+$', '^(a|a)*$', '(a|aa)+$', '(.*)*(.*)*(.*)*x', '^(?=(a+)+$)(?!(a*)*b)(((a*)*)*)*c', '(?:a?){255}a{255}$', '(x+x+)+y'])('%s answers about the worst of names, too', (pattern) => {
    expect(search(pattern, `${'a'.repeat(254)}!`)).toBe(false);
  });

  it('finds what JavaScript finds, where both read it the same', () => {
    const atom = fc.constantFrom('a', 'b', '_', '.', '[ab]', '[^a]', '^', '$', '(?=a)', '(?!b)', '(?<=a)', '(?<!b)', 'ab', '');
    const times = fc.constantFrom('', '', '*', '+', '?', '{2}', '{1,3}', '{0,2}');
    const { pattern } = fc.letrec<{ pattern: string }>((tie) => ({
      pattern: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        atom,
        fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => a + b),
        fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => `(${a}|${b})`),
        fc.tuple(tie('pattern'), times).map(([a, t]) => `(?:${a})${t}`),
      ),
    }));
    fc.assert(fc.property(pattern, fc.string({ unit: fc.constantFrom('a', 'b', '_', 'c'), maxLength: 6 }), (source, text) => {
      expect(search(source, text)).toBe(new RegExp(source, 's').test(text) && new RegExp(source).test(text));
    }), { numRuns: 3_000 });
  });
});
