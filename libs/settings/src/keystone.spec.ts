import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSettings, type LoadedSettings } from './load-settings.js';

describe('What is said of Keystone', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'afterimage-settings-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const load = (text: string): LoadedSettings => {
    const file = join(folder, 'glance-api.conf');
    writeFileSync(file, text);
    return loadSettings({ commandLine: { configFiles: [file] }, env: { HOME: folder } });
  };
  const keystone = (lines: string, more = '') => load(`[paste_deploy]\nflavor = keystone\n[keystone_authtoken]\n${lines}\n${more}`).settings.keystone;
  const LOGIN = 'auth_url = http://k:5000/v3\nusername = glance\npassword = x\n';

  it('is nothing where nobody authenticates there', () => {
    expect(load(`[keystone_authtoken]\n${LOGIN}`).settings).toMatchObject({ authentication: 'none', listener: { host: '127.0.0.1' } });
    expect(load(`[keystone_authtoken]\n${LOGIN}`).settings.keystone).toBeUndefined();
  });

  it('is a login by password into a project, with the defaults of keystonemiddleware', () => {
    expect(keystone(`${LOGIN}project_name = service\nproject_domain_name = Default\nuser_domain_name = Default`)).toEqual({
      connection: {
        authUrl: 'http://k:5000/v3',
        credentials: { kind: 'password', user: { name: 'glance', domainName: 'Default' }, password: 'x', scope: { project: { name: 'service', domainName: 'Default' } } },
        tls: { insecure: false }, timeoutMs: 10_000, retries: 3,
      },
      wwwAuthenticateUri: 'http://k:5000/v3', tokenCacheSeconds: 300, serviceTokenRoles: ['service'], serviceTokenRolesRequired: false, serviceType: 'image', delayDecision: false, allowAnonymous: false,
    });
  });

  it('makes the service listen on every address, as Glance does', () => {
    expect(load(`[paste_deploy]\nflavor = keystone+cachemanagement\n[keystone_authtoken]\n${LOGIN}`).settings.listener.host).toBe('0.0.0.0');
  });

  it.each([
    ['the domain default, where none is named', `${LOGIN}project_name = service`, { scope: { project: { name: 'service', domainId: 'default' } }, user: { name: 'glance', domainId: 'default' } }],
    ['ids', `${LOGIN}user_id = u1\nproject_id = p1`, { user: { id: 'u1' }, scope: { project: { id: 'p1' } } }],
    ['the whole system', `${LOGIN}system_scope = all\nproject_name = service`, { scope: { system: 'all' } }],
    ['a domain', `${LOGIN}domain_name = Default`, { scope: { domain: { name: 'Default' } } }],
    ['an application credential', 'auth_url = http://k\nauth_type = v3applicationcredential\napplication_credential_id = a1\napplication_credential_secret = s', { kind: 'application-credential', id: 'a1', secret: 's' }],
    ['a token', 'auth_url = http://k\nauth_type = v3token\ntoken = t', { kind: 'token', token: 't', scope: {} }],
  ])('can be %s', (_what, lines, credentials) => {
    expect(keystone(lines)?.connection.credentials).toMatchObject(credentials);
  });

  it('is read by the names from before keystoneauth too', () => {
    expect(keystone('auth_host = k\nauth_port = 35357\nauth_protocol = http\nadmin_user = glance\nadmin_password = x\nadmin_tenant_name = service')?.connection).toMatchObject({
      authUrl: 'http://k:35357', credentials: { user: { name: 'glance', domainId: 'default' }, password: 'x', scope: { project: { name: 'service', domainId: 'default' } } },
    });
    expect(keystone('identity_uri = http://k:1\nadmin_user = g\nadmin_password = x')?.connection).toMatchObject({ authUrl: 'http://k:1', credentials: { scope: { project: { name: 'admin' } } } });
  });

  it('may have its credentials in another section', () => {
    expect(keystone('auth_section = creds', `[creds]\n${LOGIN}user_domain_id = d`)?.connection).toMatchObject({ authUrl: 'http://k:5000/v3', credentials: { user: { name: 'glance', domainId: 'd' } } });
  });

  it.each([
    ['auth_url', 'username = g\npassword = x', '[keystone_authtoken] auth_url'], ['a password', 'auth_url = http://k\nusername = g', '[keystone_authtoken] password'],
    ['a user', 'auth_url = http://k\npassword = x', '[keystone_authtoken] username'], ['a plugin that is served', `${LOGIN}auth_type = v3kerberos`, '[keystone_authtoken] auth_type = v3kerberos'],
    ['a secret', 'auth_url = http://k\nauth_type = v3applicationcredential\napplication_credential_id = a', '[keystone_authtoken] application_credential_secret'],
    ['a URL', 'auth_url = keystone', '[keystone_authtoken] auth_url = keystone'],
  ])('stops the start without %s', (_what, lines, message) => {
    expect(() => keystone(lines)).toThrow(message);
  });

  it('has its limits under a login of their own', () => {
    const { settings } = load(`[DEFAULT]\nuse_keystone_limits = True\n[oslo_limit]\nendpoint_id = e1\n${LOGIN}system_scope = all\n`);
    expect(settings.keystoneLimits).toMatchObject({ endpoint: { id: 'e1' }, hard: false, connection: { credentials: { scope: { system: 'all' } } } });
    expect(() => load(`[DEFAULT]\nuse_keystone_limits = True\n[oslo_limit]\n${LOGIN}`)).toThrow('[oslo_limit] endpoint_id');
  });

  it('is shown without its secrets', async () => {
    const { settingsAsIni } = await import('./show-settings.js');
    const shown = settingsAsIni(load(`[paste_deploy]\nflavor = keystone\n[keystone_authtoken]\n${LOGIN.replace('= x', '= hidden-one')}\n[oslo_limit]\npassword = hidden-two`).resolved);
    expect(shown).not.toContain('hidden-');
    expect(shown).toContain('http://k:5000/v3');
  });
});
