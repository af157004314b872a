import { hasCredentials, redactUrl } from './redact-url.js';

describe('a URL to be shown', () => {
  it.each([
    ['http://user:pass@host/x?y#z', 'http://***@host/x?y#z'],
    ['https://user@host/', 'https://***@host/'],
    ['http://:pass@host/', 'http://***@host/'],
    ['http:\\\\user:pass@host/', 'http:\\\\***@host/'],
    ['http:user:pass@host/', 'http:***@host/'],
    ['http://a@b:c@host/', 'http://***@host/'],
    ['swift+https://ten%3Auser:key@auth/v3/c/o', 'swift+https://***@auth/v3/c/o'],
    ['http://user:pa/ss@host/x', 'http://***@host/x'],
    ['user:pass@host', 'user:***@host'],
    ['http://host/mail@example', 'http://host/mail@example'],
    ['http://host/', 'http://host/'],
    ['', ''],
  ])('%s is %s', (url, shown) => expect(redactUrl(url)).toBe(shown));

  it.each([['http://u:p@h/', true], ['http://u@h/', true], ['http://:p@h/', true], ['http://h/a@b', false], ['no url', false], ['file:///x', false]])(
    '%s has credentials: %s', (url, has) => expect(hasCredentials(url)).toBe(has));
});
