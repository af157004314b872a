import { openPolicy } from '#access';
import { FakeAuthentication } from './fake-authentication.js';

const POLICY = openPolicy({ legacy: false });
const caller = (token: string) => new FakeAuthentication(POLICY, true).principalOf({ 'x-auth-token': token });

describe('a token of the test authentication', () => {
  it('names user, project and roles, with those that the roles imply', () => {
    expect(caller('alice:red:member')).toMatchObject({ user: 'alice', project: 'red', roles: ['member', 'reader'], admin: false });
    expect(caller('root:none:Admin')).toMatchObject({ user: 'root', project: null, roles: ['admin', 'member', 'reader'], admin: true });
  });

  it('is read as python-glanceclient sends it, percent-encoded', () => {
    expect(caller('alice%3Ared%3Amember%2Creader')).toEqual(caller('alice:red:member,reader'));
  });

  it('may hold percent signs that encode nothing', () => {
    expect(caller('100%:red:reader')).toMatchObject({ user: '100%', project: 'red', roles: ['reader'] });
  });
});
