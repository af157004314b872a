import { InvalidArgumentError, Option, type Command } from 'commander';
import { readFileSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import type { CacheHost } from './cache-client.js';
import { CacheRequestFailed } from './cache.errors.js';
import type { LoginOptions } from './login.js';

/** By today's names, and by the old ones, which are not shown any more. */
export type ManageOptions = Readonly<Record<string, unknown>> & {
  readonly host: string;
  readonly port: number;
  readonly insecure?: boolean;
  readonly force?: boolean;
  readonly verbose?: boolean;
  readonly debug?: boolean;
};

/** Today's name, the old one, what the value is called, and the environment variables that stand for it, the first that is set. */
const CREDENTIALS = [
  ['auth-token', '-A, --os_auth_token', ['OS_AUTH_TOKEN', 'OS_TOKEN']],
  ['username', '-I, --os_username', ['OS_USERNAME', 'OS_AUTH_USER']],
  ['password', '-K, --os_password', ['OS_PASSWORD', 'OS_AUTH_KEY']],
  ['region-name', '-R, --os_region_name', ['OS_REGION_NAME']],
  ['project-id', '--os_project_id', ['OS_PROJECT_ID']],
  ['project-name', '-T, --os_project_name', ['OS_PROJECT_NAME', 'OS_AUTH_PROJECT']],
  ['user-domain-id', '--os_user_domain_id', ['OS_USER_DOMAIN_ID']],
  ['project-domain-id', '--os_project_domain_id', ['OS_PROJECT_DOMAIN_ID']],
  ['domain-id', '--os_domain_id', ['OS_DOMAIN_ID']],
  ['auth-url', '-N, --os_auth_url', ['OS_AUTH_URL']],
] as const;

type Credential = (typeof CREDENTIALS)[number][0];

/** The options that Debian's glance-cache-manage has. */
export function withManageOptions(command: Command): Command {
  command
    .option('-v, --verbose', 'say what was done')
    .option('-d, --debug', 'say where an error comes from')
    .addOption(new Option('-H, --host <address>', 'where the Glance API host is; https://ADDRESS where it speaks TLS').default('0.0.0.0'))
    .addOption(new Option('-p, --port <port>', 'the port it listens on').default(9292).argParser(portOf))
    .option('-k, --insecure', 'take any certificate, of the host and of Keystone')
    .option('-f, --force', 'ask nothing');
  for (const [name, old, [variable]] of CREDENTIALS) {
    command.option(`--os-${name} <value>`, `default: $${variable}`).addOption(new Option(`${old} <value>`).hideHelp());
  }
  return command.addOption(new Option('--auth_token <value>').hideHelp()).option('-S, --os_auth_strategy <strategy>', 'keystone or noauth; default: $OS_AUTH_STRATEGY, and keystone where an auth URL is given');
}

function portOf(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535) throw new InvalidArgumentError('it must be a number from 1 to 65535');
  return port;
}

type Environment = Readonly<Record<string, string | undefined>>;

const filled = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

function credential(options: ManageOptions, env: Environment, name: Credential): string | undefined {
  const [, old, variables] = CREDENTIALS.find(([each]) => each === name) ?? [name, '', []];
  const own = `os-${name}`.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  const former = [old.replace(/^.*--/, ''), ...(name === 'auth-token' ? ['auth_token'] : [])];
  return [...[own, ...former].map((each) => options[each]), ...variables.map((each) => env[each])].map(filled).find((value) => value !== undefined);
}

export function loginOptions(options: ManageOptions, env: Environment = process.env): LoginOptions {
  const domain = credential(options, env, 'domain-id') ?? 'default';
  return {
    token: credential(options, env, 'auth-token'),
    strategy: filled(options['os_auth_strategy']) ?? filled(env['OS_AUTH_STRATEGY']),
    authUrl: credential(options, env, 'auth-url'),
    username: credential(options, env, 'username'),
    password: credential(options, env, 'password'),
    projectId: credential(options, env, 'project-id'),
    projectName: credential(options, env, 'project-name'),
    userDomainId: credential(options, env, 'user-domain-id') ?? domain,
    projectDomainId: credential(options, env, 'project-domain-id') ?? domain,
    insecure: options.insecure ?? false,
    caFile: filled(env['OS_CACERT']),
  };
}

export function cacheHost({ host, port, insecure = false }: ManageOptions, env: Environment = process.env): CacheHost {
  const [, scheme = 'http', address = host] = /^(https?):\/\/(.*?)\/*$/.exec(host) ?? [];
  const url = `${scheme}://${isIPv6(address) ? `[${address}]` : address}:${port}`;
  if (!URL.canParse(url)) throw new CacheRequestFailed(`'${host}' is not the address of a host`);
  return scheme === 'https' ? { url, insecure, ...certificates(env) } : { url, insecure };
}

function certificates(env: Environment): Pick<CacheHost, 'authorities' | 'cert' | 'key'> {
  const file = (...names: string[]) => {
    const path = names.map((name) => filled(env[name])).find((value) => value !== undefined);
    return path === undefined ? undefined : readFileSync(path);
  };
  return { authorities: file('GLANCE_CLIENT_CA_FILE', 'OS_CACERT'), cert: file('GLANCE_CLIENT_CERT_FILE', 'OS_CERT'), key: file('GLANCE_CLIENT_KEY_FILE', 'OS_KEY') };
}
