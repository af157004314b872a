import { authRequest, identityUrl } from './connection.js';

describe('The request for a token', () => {
  const user = { name: 'glance', domainName: 'Default' };

  it.each([
    ['by password, for a project', { kind: 'password', user, password: 'x', scope: { project: { name: 'service', domainId: 'default' } } }, {
      identity: { methods: ['password'], password: { user: { name: 'glance', domain: { name: 'Default' }, password: 'x' } } }, scope: { project: { name: 'service', domain: { id: 'default' } } },
    }],
    ['by ids, for the whole system', { kind: 'password', user: { id: 'u1' }, password: 'x', scope: { system: 'all' } }, {
      identity: { methods: ['password'], password: { user: { id: 'u1', password: 'x' } } }, scope: { system: { all: true } },
    }],
    ['for a domain', { kind: 'password', user, password: 'x', scope: { domain: { name: 'Default' } } }, {
      identity: { methods: ['password'], password: { user: { name: 'glance', domain: { name: 'Default' }, password: 'x' } } }, scope: { domain: { name: 'Default' } },
    }],
    ['by an application credential\'s id', { kind: 'application-credential', id: 'a1', user, secret: 's' }, {
      identity: { methods: ['application_credential'], application_credential: { id: 'a1', secret: 's' } },
    }],
    ['by an application credential\'s name', { kind: 'application-credential', name: 'a', user, secret: 's' }, {
      identity: { methods: ['application_credential'], application_credential: { name: 'a', user: { name: 'glance', domain: { name: 'Default' } }, secret: 's' } },
    }],
    ['by a token', { kind: 'token', token: 't', scope: {} }, { identity: { methods: ['token'], token: { id: 't' } } }],
  ] as const)('is that of the Identity API %s', (_what, credentials, auth) => {
    expect(authRequest(credentials)).toEqual({ auth });
  });

  it.each(['http://k:5000', 'http://k:5000/', 'http://k:5000/v3', 'http://k:5000/v3/', 'http://k:5000/v2.0'])('goes to the v3 API, whether %s names it or not', (url) => {
    expect(identityUrl(url)).toBe('http://k:5000/v3');
  });

  it('keeps the path that Keystone is under', () => {
    expect(identityUrl('https://cloud/identity')).toBe('https://cloud/identity/v3');
  });
});
