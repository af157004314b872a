import fc from 'fast-check';
import { MemoryCounts } from './request-counts.js';
import { networkOf } from './rate-limit.js';

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

describe('Addresses', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'], ['2001:db8:0:1:2:3:4:5', '2001:db8:0:1::/64'], ['2001:db8:0:1:ffff::', '2001:db8:0:1::/64'], ['2001:DB8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'], ['::', '0:0:0:0::/64'], ['fe80::1%eth0', 'fe80:0:0:0::/64'], ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'], ['', ''], ['nonsense', 'nonsense'],
  ])('%p count as %p', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });

  it('of one /64 count together, of two apart, however they are written', () => {
    const group = fc.nat({ max: 0xffff });
    fc.assert(fc.property(fc.tuple(group, group, group, group), fc.tuple(group, group, group, group), fc.tuple(group, group, group, group), (network, one, other) => {
      const written = (host: readonly number[]) => [...network, ...host].map((part) => part.toString(16));
      const short = new URL(`http://[${written(other).join(':')}]`).hostname.slice(1, -1);
      expect(networkOf(written(one).map((part) => part.padStart(4, '0').toUpperCase()).join(':'))).toBe(networkOf(short));
      const near = [...network.slice(0, 3), (network[3] ?? 0) ^ 1, ...one].map((part) => part.toString(16)).join(':');
      expect(networkOf(near)).not.toBe(networkOf(short));
    }));
  });
});
