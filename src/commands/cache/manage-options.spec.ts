import { Command } from 'commander';
import { asCacheManage } from './command.js';
import { MANAGE_COMMANDS, wrongUsage } from './manage-commands.js';
import { cacheHost, loginOptions, type ManageOptions } from './manage-options.js';

const parsed = (...args: string[]) => {
  const command = asCacheManage(new Command('glance-cache-manage').exitOverride().configureOutput({ writeErr: () => undefined })).action(() => undefined);
  command.parse([...args, 'list-cached'], { from: 'user' });
  return command.opts<ManageOptions>();
};

describe('The options of glance-cache-manage', () => {
  it.each([
    ["today's names", ['--os-auth-token', 't', '--os-username', 'u', '--os-password', 'p', '--os-project-name', 'r', '--os-auth-url', 'http://k']],
    ['the old names', ['--os_auth_token', 't', '--os_username', 'u', '--os_password', 'p', '--os_project_name', 'r', '--os_auth_url', 'http://k']],
    ['letters', ['-A', 't', '-I', 'u', '-K', 'p', '-T', 'r', '-N', 'http://k', '-R', 'region', '-S', 'keystone']],
    ['--auth_token', ['--auth_token', 't', '-I', 'u', '-K', 'p', '-T', 'r', '-N', 'http://k']],
  ])('are known by %s', (_how, args) => expect(loginOptions(parsed(...args), {})).toMatchObject({ token: 't', username: 'u', password: 'p', projectName: 'r', authUrl: 'http://k' }));

  it('come from the environment where none is given', () => {
    const env = { OS_AUTH_TOKEN: 't', OS_USERNAME: 'env', OS_AUTH_KEY: 'p', OS_PROJECT_ID: 'i', OS_DOMAIN_ID: 'd', OS_USER_DOMAIN_ID: 'ud', OS_AUTH_URL: 'http://k', OS_AUTH_STRATEGY: 'noauth' };
    expect(loginOptions(parsed('--os-username', 'u', '--os-auth-url', ''), env)).toMatchObject({
      token: 't', username: 'u', password: 'p', projectId: 'i', userDomainId: 'ud', projectDomainId: 'd', authUrl: 'http://k', strategy: 'noauth',
    });
    expect(loginOptions(parsed(), {})).toMatchObject({ token: undefined, authUrl: undefined, userDomainId: 'default', projectDomainId: 'default' });
  });

  it.each([
    [[], 'http://0.0.0.0:9292'],
    [['-H', 'glance.example', '-p', '9393'], 'http://glance.example:9393'],
    [['-H', '::1'], 'http://[::1]:9292'],
    [['-H', 'https://glance.example/'], 'https://glance.example:9292'],
  ])('%j lead to %s', (args, url) => expect(cacheHost(parsed(...args), {}).url).toBe(url));

  it('cannot lead to an address that is none', () => expect(() => cacheHost(parsed('-H', 'a b'), {})).toThrow("'a b' is not the address of a host"));

  it.each([[['-p', 'x']], [['-p', '0']], [['-p', '65536']], [['--nonsense']]])('are refused as %j', (args) => expect(() => parsed(...args)).toThrow());

  it('may stand together, and after the command', () => expect(parsed('queue-image', '-fvk', 'x', '-d')).toMatchObject({ force: true, verbose: true, insecure: true, debug: true }));
});

describe('A command about an image', () => {
  const [, , queueImage] = MANAGE_COMMANDS;
  it.each([
    ['0a000000-0000-4000-8000-000000000001', true], ['0A00000000004000800000000000000A', true], ['{0a000000-0000-4000-8000-000000000001}', true],
    ['urn:uuid:0a000000-0000-4000-8000-000000000001', true], ['7', false], ['0a000000-0000-4000-8000-00000000000g', false], ['', false], ['../../../etc/passwd', false],
  ])('named %j: %s', (id, right) => expect(queueImage && wrongUsage(queueImage, [id]) === undefined).toBe(right));

  it('wants one id, no more and no less', () => {
    for (const rest of [[], ['a', 'b']]) expect(queueImage && wrongUsage(queueImage, rest)).toContain("for command 'queue-image' from the cache as the first and only argument");
  });
});
