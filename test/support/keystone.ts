import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { seedCloud } from './keystone-cloud.js';
import { freePort } from './server.js';

/** Paths at which Keystone serves nobody with a project's token. */
const SYSTEM = /^\/(?:registered_limits|limits|system)\b/;

const PROGRAM = fileURLToPath(new URL('./serve-keystone.py', import.meta.url));
export const PASSWORD = 's3cret-of-everybody';

export interface KeystoneOptions {
  /** Seconds that a token lives. */
  readonly expiration?: number;
}

export interface Login {
  readonly user: string;
  /** By name; none: for the whole system. */
  readonly project?: string;
}

/** Debian's own Keystone on a loopback port, with its database and keys in a folder of its own, and a small cloud in it. */
export class Keystone {
  private child: ChildProcess | undefined;
  private log = '';
  private readonly admins = new Map<string, string>();
  /** Ids by kind and name, so that nothing is asked for twice: each request takes it a tenth of a second. */
  readonly ids = new Map<string, string>();

  private constructor(
    readonly folder: string,
    readonly port: number,
  ) {}

  static async start({ expiration = 3600 }: KeystoneOptions = {}): Promise<Keystone> {
    const keystone = new Keystone(await mkdtemp(join(tmpdir(), 'afterimage-keystone-')), await freePort());
    await keystone.letTokensLive(expiration);
    await seedCloud(keystone);
    return keystone;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/v3`;
  }

  /** It answers when this resolves: for the first time, or again after `down`. */
  async up(): Promise<void> {
    const child = spawn('/usr/bin/python3', [PROGRAM, this.folder, String(this.port), PASSWORD], { stdio: ['pipe', 'pipe', 'pipe'], env: { PATH: '/usr/bin:/bin', LANG: 'C.UTF-8' } });
    this.child = child;
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.log = (this.log + text).slice(-20_000)));
    await new Promise<void>((resolve, reject) => {
      child.stdout.setEncoding('utf8').on('data', (text: string) => text.includes('ready') && resolve());
      child.once('exit', (code) => reject(new Error(`Keystone ended with ${code}:\n${this.log}`)));
    });
  }

  /** Seconds, for tokens from now on; it is started anew. */
  async letTokensLive(seconds: number): Promise<void> {
    await this.down();
    await writeFile(join(this.folder, 'keystone.conf'), confOf(this.folder, seconds));
    await this.up();
  }

  /** As by kill -9; what it knows stays. */
  async down(): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  /** Takes connections and answers nothing, until `resume`. */
  pause(): void {
    this.child?.kill('SIGSTOP');
  }

  resume(): void {
    this.child?.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    this.resume();
    await this.down();
    await rm(this.folder, { recursive: true, force: true });
  }

  async token({ user, project }: Login): Promise<string> {
    const domain = { id: 'default' };
    const scope = project === undefined ? { system: { all: true } } : { project: { name: project, domain } };
    return this.authenticate({ identity: { methods: ['password'], password: { user: { name: user, domain, password: PASSWORD } } }, scope });
  }

  /** With the `auth` of the Identity API. */
  async authenticate(auth: object): Promise<string> {
    const answer = await fetch(`${this.url}/auth/tokens`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ auth }) });
    const token = answer.headers.get('x-subject-token');
    if (token === null) throw new Error(`Keystone gave no token: ${answer.status} ${await answer.text()}`);
    return token;
  }

  async revoke(token: string): Promise<void> {
    await this.request('DELETE', '/auth/tokens', undefined, { 'x-subject-token': token });
  }

  /** As the admin of everything; of the whole system where only that may. */
  async request<T = unknown>(method: string, path: string, body?: object, headers: Readonly<Record<string, string>> = {}): Promise<T> {
    const answer = await fetch(`${this.url}${path}`, {
      method,
      headers: { 'content-type': 'application/json', 'x-auth-token': await this.adminToken(SYSTEM.test(path)), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} at Keystone: ${answer.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  /** A project's token is validated much faster than one for the system. */
  private async adminToken(system: boolean): Promise<string> {
    const key = system ? 'system' : 'project';
    const token = this.admins.get(key) ?? (await this.token({ user: 'admin', ...(system ? {} : { project: 'admin' }) }));
    this.admins.set(key, token);
    return token;
  }

  /** Of a server that asks this Keystone who calls. */
  conf(more = ''): string {
    return `[paste_deploy]\nflavor = keystone\n[keystone_authtoken]\nwww_authenticate_uri = ${this.url}\n${this.credentials()}${more}\n`;
  }

  /** The service's own, as lines of any section that keystoneauth reads. */
  credentials(): string {
    return `auth_url = ${this.url}\nauth_type = password\nusername = glance\npassword = ${PASSWORD}\nproject_name = services\nuser_domain_id = default\nproject_domain_id = default\n`;
  }
}

const confOf = (folder: string, expiration: number): string => `[DEFAULT]
use_stderr = true
[database]
connection = sqlite:///${folder}/keystone.db
[token]
provider = fernet
expiration = ${expiration}
[fernet_tokens]
key_repository = ${folder}/fernet-keys
[fernet_receipts]
key_repository = ${folder}/receipt-keys
[credential]
key_repository = ${folder}/credential-keys
[identity]
password_hash_rounds = 4
[cache]
enabled = true
backend = dogpile.cache.memory
`;
