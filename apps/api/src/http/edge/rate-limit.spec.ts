import fc from 'fast-check';
import { networkOf } from './rate-limit.js';

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
