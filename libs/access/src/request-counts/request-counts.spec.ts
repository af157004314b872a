import fc from 'fast-check';
import { MemoryCounts } from './request-counts.js';

describe('Requests of one key', () => {
  it('are let through up to the limit, then wait for the end of the interval', () => {
    let now = 0;
    const counts = new MemoryCounts(2, 1000, () => now);
    expect([counts.take('a'), counts.take('a'), counts.take('b')]).toEqual([undefined, undefined, undefined]);
    now = 400;
    expect([counts.take('a'), counts.take('b')]).toEqual([600, undefined]);
    now = 1000;
    expect(counts.take('a')).toBeUndefined();
  });

  it('are at most twice the limit in any time as long as an interval, whatever the times', () => {
    fc.assert(fc.property(fc.array(fc.nat({ max: 300 }), { maxLength: 60 }), fc.integer({ min: 1, max: 5 }), (gaps, limit) => {
      let now = 0;
      const counts = new MemoryCounts(limit, 1000, () => now);
      const passed: number[] = [];
      for (const gap of gaps) {
        now += gap;
        const wait = counts.take('a');
        if (wait === undefined) passed.push(now);
        else expect(wait).toBeGreaterThan(0);
      }
      for (const start of passed) expect(passed.filter((time) => time >= start && time < start + 1000).length).toBeLessThanOrEqual(2 * limit);
    }));
  });

  it('of a flood of keys take bounded memory', () => {
    const counts = new MemoryCounts(1, 1000, () => 0, 100);
    for (let key = 0; key < 10_000; key += 1) counts.take(String(key));
    expect(counts.size).toBe(100);
  });
});
