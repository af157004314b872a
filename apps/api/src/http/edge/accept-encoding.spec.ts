import fc from 'fast-check';
import { prefersGzip } from './accept-encoding.js';

describe('Compression is asked for', () => {
  it.each(['gzip', 'GZIP', 'x-gzip', 'gzip, deflate, br', 'br;q=1.0, gzip;q=0.8, *;q=0.1', '*', 'identity;q=0.5, gzip', 'gzip;q=0.001', ' ,gzip , ', 'gzip ; q=1.000', 'identity, gzip'])('by %p', (header) => {
    expect(prefersGzip(header)).toBe(true);
  });

  it.each(['', 'identity', 'br', 'gzip;q=0', 'gzip;q=0.000', '*;q=0', 'gzip;q=0, *', 'gzip;q=0.5, identity', 'notgzip', 'gzip2', 'gzip;q=2', 'gzip;q=-1', 'gzip;q=x', 'gzip;a=b', '"gzip"', 'gzip gzip', '\u00ff, gzip'])(
    'not by %p', (header) => {
      expect(prefersGzip(header)).toBe(false);
    });

  it('by no header fails, however strange, and none takes long', () => {
    const part = fc.constantFrom('gzip', ';q=', '0', '1', '.', ',', ' ', '\t', '*', 'identity', ';', '"');
    fc.assert(fc.property(fc.array(part, { maxLength: 200 }), (parts) => typeof prefersGzip(parts.join('')) === 'boolean'));
    expect(prefersGzip(`gzip${' '.repeat(60_000)}x`)).toBe(false);
    expect(prefersGzip(',gzip;q=0.5 '.repeat(5_000))).toBe(true);
  });
});
