import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually.js';
import { succeed } from './run.js';
import { freePort } from './server.js';

const PYTHON = '/usr/bin/python3';
const ENV = { PATH: '/usr/bin:/bin', LANG: 'C.UTF-8' };
const METADEFS = '/etc/glance/metadefs';
const main = (tool: string, name: string): string[] => ['-c', `import sys; sys.argv[0] = '${name}'; from glance.cmd.${tool} import main; sys.exit(main())`];

/** Who calls, as Keystone's middleware would have said it. */
export interface Caller {
  readonly user: string;
  readonly project: string;
  readonly roles: string;
}

/** Debian's own Glance on a loopback port, with a file store `fast` in a folder of its own. It believes whatever callers say of themselves. */
export class Glance {
  private log = '';

  private constructor(readonly folder: string, readonly port: number, private readonly child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text: string) => (this.log = (this.log + text).slice(-20_000)));
  }

  /** On a fresh database, with the metadata definitions that come with it; `key` is its `metadata_encryption_key`. */
  static async start(database: string, key: string): Promise<Glance> {
    const folder = await mkdtemp(join(tmpdir(), 'afterimage-glance-'));
    const port = await freePort();
    for (const name of ['images', 'staging', 'tasks']) await mkdir(join(folder, name));
    await writeFile(join(folder, 'paste.ini'), PASTE);
    const conf = join(folder, 'glance-api.conf');
    await writeFile(conf, confOf(folder, port, database, key));
    for (const work of [['db_sync'], ['db_load_metadefs', METADEFS]]) await succeed(PYTHON, [...main('manage', 'glance-manage'), '--config-file', conf, ...work], { env: ENV });
    const child = spawn(PYTHON, [...main('api', 'glance-api'), '--config-file', conf], { env: ENV, stdio: ['ignore', 'pipe', 'pipe'] });
    const glance = new Glance(folder, port, child);
    await eventually(async () => {
      if (child.exitCode !== null) throw new Error(`Glance ended with ${child.exitCode}:\n${glance.log}`);
      await fetch(glance.url);
    }, 60_000);
    return glance;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get config(): string {
    return join(this.folder, 'glance-api.conf');
  }

  get images(): string {
    return join(this.folder, 'images');
  }

  async request(caller: Caller, method: string, path: string, body?: object | string, type = typeof body === 'string' ? 'application/octet-stream' : 'application/json'): Promise<Response> {
    const headers = { 'x-identity-status': 'Confirmed', 'x-user-id': caller.user, 'x-tenant-id': caller.project, 'x-roles': caller.roles, ...(body === undefined ? {} : { 'content-type': type }) };
    const answer = await fetch(this.url + path, { method, headers, ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }) });
    if (!answer.ok) throw new Error(`${method} ${path} at Glance: ${answer.status} ${await answer.text()}\n${this.log.slice(-3000)}`);
    return answer;
  }

  async json<T>(caller: Caller, method: string, path: string, body?: object | string, type?: string): Promise<T> {
    return (await (await this.request(caller, method, path, body, type)).json()) as T;
  }

  /** The service ends; its files stay until `dispose`. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }

  async dispose(): Promise<void> {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

const PASTE = `[pipeline:glance-api]
pipeline = context rootapp
[composite:rootapp]
paste.composite_factory = glance.api:root_app_factory
/: apiversions
/v2: apiv2app
[app:apiversions]
paste.app_factory = glance.api.versions:create_resource
[app:apiv2app]
paste.app_factory = glance.api.v2.router:API.factory
[filter:context]
paste.filter_factory = glance.api.middleware.context:ContextMiddleware.factory
`;

const confOf = (folder: string, port: number, database: string, key: string): string => `[DEFAULT]
bind_host = 127.0.0.1
bind_port = ${port}
workers = 0
use_stderr = true
enabled_backends = fast:file
show_image_direct_url = true
show_multiple_locations = true
delayed_delete = true
metadata_encryption_key = ${key}
[database]
connection = ${database}
[glance_store]
default_backend = fast
[fast]
filesystem_store_datadir = ${join(folder, 'images')}
[os_glance_staging_store]
filesystem_store_datadir = ${join(folder, 'staging')}
[os_glance_tasks_store]
filesystem_store_datadir = ${join(folder, 'tasks')}
[oslo_concurrency]
lock_path = ${folder}
[paste_deploy]
config_file = ${join(folder, 'paste.ini')}
`;
