import fc from 'fast-check';
import { parseRange } from './range.js';

const outcome = (headers: Parameters<typeof parseRange>[0], size = 10): unknown => {
  try {
    const wanted = parseRange(headers, size);
    return wanted ? `${wanted.start}-${wanted.end}` : 'whole';
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error;
  }
};

const BAD = 'RangeNotSatisfiable';

describe('Of ten bytes', () => {
  it.each([
    ['bytes=0-0', '0-0'], ['bytes=5-', '5-9'], ['bytes=-3', '7-9'], ['bytes=-10', '0-9'], ['bytes=-30', '0-9'], ['bytes=0-100', '0-9'],
    ['bytes=9-10', '9-9'], ['bytes=0-', '0-9'], ['Bytes=0-1', '0-1'], ['bytes = 0 - 1', '0-1'], ['bytes=2-99999999999999999999', '2-9'],
    ['bytes=10-11', BAD], ['bytes=3-2', BAD], ['bytes=a-b', BAD], ['items=0-1', BAD], ['bytes 0-1', BAD], ['bytes=+1-2', BAD],
    ['bytes=-0', BAD], ['bytes=-', BAD], ['', BAD], ['bytes=99999999999999999999-', BAD], ['bytes=0-1,3-4', 'InvalidValue'],
  ])('Range %p is %s', (range, expected) => {
    expect(outcome({ range })).toBe(expected);
  });

  it.each([
    ['bytes 0-0/*', '0-0'], ['bytes 0-9/*', '0-9'], ['bytes 0-4/10', '0-4'], ['bytes 0-4/5', '0-4'],
    ['bytes 0-10/*', BAD], ['bytes 5-11/*', BAD], ['bytes 0-40/50', BAD], ['bytes */10', BAD], ['bytes */*', BAD], ['x', BAD],
    ['items 0-1/*', BAD], ['bytes 3-1/*', BAD], ['bytes 12-13/99', BAD], ['bytes 0-5/5', BAD],
  ])('Content-Range %p is %s', (contentRange, expected) => {
    expect(outcome({ contentRange })).toBe(expected);
  });

  it('Range counts where both are there, and neither means all', () => {
    expect(outcome({ range: 'bytes=1-2', contentRange: 'bytes 3-4/*' })).toBe('1-2');
    expect(outcome({})).toBe('whole');
  });
});

describe('Of no bytes', () => {
  it.each([['bytes=-5', 'whole'], ['bytes=0-', BAD], ['bytes=0-0', BAD]])('%s is %s', (range, expected) => {
    expect(outcome({ range }, 0)).toBe(expected);
  });
});

describe('Any header', () => {
  const header = fc.oneof(fc.string(), fc.stringMatching(/^bytes ?=? ?\d{0,20}-\d{0,20}(\/(\d{1,20}|\*))?$/));

  it('is a range inside the data, or a refusal', () => {
    fc.assert(fc.property(header, header, fc.boolean(), fc.nat(40), (range, contentRange, both, size) => {
      const found = outcome(both ? { range, contentRange } : { contentRange }, size);
      expect(found).toMatch(/^(whole|RangeNotSatisfiable|InvalidValue|\d+-\d+)$/);
      const [start, end] = String(found).split('-').map(Number);
      if (end !== undefined && start !== undefined) expect(0 <= start && start <= end && end < size).toBe(true);
    }), { numRuns: 1000 });
  });
});
