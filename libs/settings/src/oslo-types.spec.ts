import { bool, byteCount, dict, hashName, host, httpUrl, int, list, oneOf, port, storageAmount, type OsloType } from './oslo-types.js';

const parse = <T>(type: OsloType<T>, text: string) => {
  const result = type.safeParse(text);
  return result.success ? result.data : result.error.issues[0]?.message;
};

describe('The types of options', () => {
  it.each(['true', 'TRUE', '1', 'yes', 'On', ' true '])('read %j as true', (text) => expect(parse(bool(), text)).toBe(true));
  it.each(['false', '0', 'No', 'off'])('read %j as false', (text) => expect(parse(bool(), text)).toBe(false));
  it.each(['2', '', 'y', 'truee'])('refuse %j as a boolean', (text) => expect(parse(bool(), text)).toContain('allowed: true'));

  it.each([['10', 10], ['+5', 5], ['-1', -1], ['1_000', 1000], [' 7 ', 7]])('read %j as %i', (text, value) => {
    expect(parse(int(-1), text)).toBe(value);
  });
  it.each(['', '1.5', 'x', '1__0', '-2', '0x10'])('refuse %j as a whole number from -1', (text) => {
    expect(parse(int(-1), text)).toBe('allowed: a whole number from -1');
  });

  it('bound ports', () => {
    expect(parse(port(), '65535')).toBe(65535);
    expect(parse(port(), '65536')).toBe('allowed: a whole number from 0 to 65535');
  });

  it('read byte counts up to 2^63-1 and no further', () => {
    expect(parse(byteCount(1), '9223372036854775807')).toBe(Number.MAX_SAFE_INTEGER);
    expect(parse(byteCount(1), '9223372036854775808')).toContain('allowed');
    expect(parse(byteCount(1), '0')).toContain('allowed');
  });

  it.each([
    ['0', 0n], ['7', 7n], ['7B', 7n], ['10KB', 10240n], ['2MB', 2n ** 21n], ['10GB', 10n * 2n ** 30n], ['99999999TB', 99999999n * 2n ** 40n], [' 1GB ', 2n ** 30n],
  ])('read the amount %j', (text, value) => expect(parse(storageAmount(), text)).toBe(value));
  it.each(['', 'GB', '10 GB', '10gb', '10G', '10GiB', '1.5GB', '-1', '-1GB', '+1', '10GBB', '1e3', '10PB'])('refuse the amount %j', (text) => {
    expect(parse(storageAmount(), text)).toBe('allowed: a whole number of bytes, or one with B, KB, MB, GB or TB right after it');
  });

  it.each([['a, b ,c', ['a', 'b', 'c']], ['[a,b]', ['a', 'b']], ['', []], ['[]', []], ['a,', ['a']]])('read the list %j', (text, value) => {
    expect(parse(list(), text)).toEqual(value);
  });

  it('read key:value pairs, of which the value may have colons', () => {
    expect(parse(dict(), 'fast:file, far:x:y')).toEqual(new Map([['fast', 'file'], ['far', 'x:y']]));
    expect(parse(dict(), 'fast')).toContain('allowed: key:value');
  });

  it.each(['0.0.0.0', '::1', 'glance.example.org', 'my_host'])('take %j as a host', (text) => expect(parse(host(), text)).toBe(text));
  it.each(['300.1.1.1', '1.2.3', 'a b', '-x', ''])('refuse %j as a host', (text) => expect(parse(host(), text)).toContain('allowed'));

  it('know which words are allowed', () => expect(parse(oneOf('roles', 'policies'), 'role')).toBe('allowed: roles, policies'));
  it('take web addresses only', () => expect([parse(httpUrl(), 'https://x/'), parse(httpUrl(), 'ftp://x')]).toEqual(['https://x/', 'allowed: an http:// or https:// URL']));

  it.each(['sha512', 'sha256', 'md5', 'sha3_512', 'blake2b'])('take the hash %s', (name) => expect(parse(hashName(), name)).toBe(name));
  it.each(['shake_128', 'nope', ''])('refuse the hash %j', (name) => expect(parse(hashName(), name)).toContain('allowed'));
});
