import fc from 'fast-check';
import { hostileText } from '../../../../test/support/hostile-values.js';
import { splitQuoted } from './quoted-list.js';

const outcome = (text: string): unknown => {
  try {
    return splitQuoted(text);
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error;
  }
};

describe('A list of values', () => {
  it.each([
    ['', ['']], ['a', ['a']], ['a,b', ['a', 'b']], [',', ['', '']], ['"a,b",c', ['a,b', 'c']], [String.raw`"a\"b"`, ['a"b']], ['""', ['']],
    ['"a', 'InvalidValue'], ['a"b', 'InvalidValue'], ['"a"b', 'InvalidValue'], ['"', 'InvalidValue'], [String.raw`"\"`, 'InvalidValue'], [String.raw`"a\\"`, 'InvalidValue'],
  ])('%s is %j', (text, expected) => {
    expect(outcome(text)).toEqual(expected);
  });

  it('quoted whole gives back what was quoted, unless that ends a quote itself', () => {
    const quotable = fc.oneof(fc.string(), hostileText).filter((one) => !one.includes('\\'));
    fc.assert(fc.property(fc.array(quotable, { minLength: 1, maxLength: 5 }), (values) => {
      expect(outcome(values.map((one) => `"${one.replaceAll('"', String.raw`\"`)}"`).join(','))).toEqual(values);
    }));
  });

  it('is one, or refused', () => {
    fc.assert(fc.property(fc.oneof(hostileText, fc.stringMatching(/^[a,"\\ ]{0,12}$/)), (text) => {
      const found = outcome(text);
      expect(Array.isArray(found) ? 'a list' : found).toMatch(/^(a list|InvalidValue)$/);
    }), { numRuns: 1000 });
  });
});
