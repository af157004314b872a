import { hashAlgorithm } from './hash-algorithm.js';

describe('hash algorithm', () => {
  it.each([
    ['sha512', 'sha512'], ['SHA256', 'sha256'], ['md5', 'md5'], ['sha3-256', 'sha3-256'], ['sha3_256', 'sha3-256'],
    ['blake2b', 'blake2b512'], ['blake2s', 'blake2s256'], ['sha512_256', 'sha512-256'],
  ])('takes %s as %s', (name, expected) => expect(hashAlgorithm(name)).toBe(expected));

  it.each(['', 'sha7', 'shake_128', 'RSA-SHA512'])('refuses %p and names what it knows', (name) => {
    expect(() => hashAlgorithm(name)).toThrow(/unknown here; known are .*sha512/);
  });
});
