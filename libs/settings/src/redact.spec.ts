import { redactUrls } from './redact.js';

describe('A text to be shown', () => {
  it.each([
    ['no URL', 'no URL'], ['postgresql://u:p@h/db', 'postgresql://u:***@h/db'], ['http://:p@h', 'http://:***@h'], ['http://u@h:80/x', 'http://u@h:80/x'],
    ['a http://u:p@h and ftp://v:q@i too', 'a http://u:***@h and ftp://v:***@i too'], ['http://u:p@ss@h/x', 'http://u:***@h/x'], ['http://u:p/s@h', 'http://u:***@h'],
    ['[{"url":"http://u:p@h/","x":1}]', '[{"url":"http://u:***@h/","x":1}]'], ['http://h:80/', 'http://h:80/'], ['ann@example.org: hello', 'ann@example.org: hello'],
    ['http://h/?a=1&password=p&b=2', 'http://h/?a=1&password=***&b=2'], ['redis+sentinel://u:p@h,i/m?sentinel_password=p', 'redis+sentinel://u:***@h,i/m?sentinel_password=***'], ['redis://h?TOKEN=t s', 'redis://h?TOKEN=*** s'],
  ])('%s is %s', (text, shown) => {
    expect(redactUrls(text)).toBe(shown);
  });

  it('takes no longer than its length allows, whatever it is', () => {
    for (const piece of ['a', 'a://b:', '://', 'a:', '@', 'x@', '://u:p@', '?key']) {
      expect(redactUrls(piece.repeat(1_000_000 / piece.length)).length).toBeGreaterThan(0);
    }
  });
});
