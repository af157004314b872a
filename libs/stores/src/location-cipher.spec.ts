import { locationCipher } from './location-cipher.js';

const URL = 'file:///var/lib/glance/images/ä';

describe('location cipher', () => {
  it.each([
    ['0123456789abcdef', 'RIW0VbTV1nlSUkHBV48pbcIpmMrVwc3fWGRhtoXrr6VVBrbo1LbvNMiK5oms7E5t1Q95zCisExq5A-TIKeKAuw=='],
    ['0123456789abcdef01234567', '71UNqOu-YF76jIPDE38s9xxadYcY9H1tZjqEE6YzFHKP3qkIvBkOKEdqk-RAMsLi-fKo9SwQSnOrrpqcAPO_dg=='],
    ['0123456789abcdef0123456789abcdef', 'Hi5oBo8f_TIwcjGNyCFVQUuLx2tQc9fZMVAFO8QU9j3gshWi-D_ySVS_qZdjAsrxDEY_cTqT4I-VFZlBPljEOA=='],
  ])('reads what Glance wrote with the key %s', (key, stored) => expect(locationCipher(key).decrypt(stored)).toBe(URL));

  it.each([16, 24, 32])('gives back URLs of every length with a key of %i bytes, each time in another form', (length) => {
    const cipher = locationCipher('k'.repeat(length));
    for (let size = 0; size < 40; size += 1) {
      const url = `file:///${'x'.repeat(size)}`;
      const stored = cipher.encrypt(url);
      expect(stored).toMatch(/^[\w-]+={0,2}$/);
      expect(stored.length % 4).toBe(0);
      expect(cipher.decrypt(stored)).toBe(url);
      expect(cipher.encrypt(url)).not.toBe(stored);
    }
  });

  it.each([undefined, ''])('leaves URLs alone without a key (%p)', (key) => {
    expect(locationCipher(key).encrypt(URL)).toBe(URL);
    expect(locationCipher(key).decrypt(URL)).toBe(URL);
  });

  it('reads a URL that was stored before there was a key', () => expect(locationCipher('k'.repeat(16)).decrypt(URL)).toBe(URL));

  it('refuses a key of another length, and says which are allowed', () => {
    expect(() => locationCipher('short')).toThrow('metadata_encryption_key must have 16, 24 or 32 bytes; it has 5.');
  });

  it.each(['', 'AAAA', 'not base64!'])('refuses %p as a stored text', (text) => {
    expect(() => locationCipher('k'.repeat(16)).decrypt(text)).toThrow('metadata_encryption_key');
  });

  it('says so when the key is another one', () => {
    const stored = locationCipher('a'.repeat(16)).encrypt(URL);
    expect(() => locationCipher('b'.repeat(16)).decrypt(stored)).toThrow('not the one');
  });
});
