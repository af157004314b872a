import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from '../support/eventually.js';
import { ImageClient } from '../support/image-client.js';
import { run } from '../support/run.js';
import { Server } from '../support/server.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Rows of `docs/options.md` in a state, by group. */
function documented(state: string): [group: string, option: string][] {
  const sections = readFileSync(join(ROOT, 'docs/options.md'), 'utf8').split(/^## /m).slice(1);
  return sections.flatMap((section) => {
    const group = /^\[(\w+)\]$/.exec(section.split('\n', 1)[0] ?? '')?.[1];
    const lines = section.split('\n').filter((line) => line.startsWith('| `') && line.split(' | ')[2] === state);
    return group === undefined ? [] : lines.flatMap((line) => [...(line.split(' | ', 1)[0] ?? '').matchAll(/`([^`]+)`/g)].map(([, option = '']): [string, string] => [group, option]));
  });
}

async function withServer(conf: string, use: (server: Server) => Promise<void>, env: NodeJS.ProcessEnv = {}): Promise<void> {
  const server = await Server.start({ memory: true, conf, env });
  try {
    await use(server);
  } finally {
    await server.dispose();
  }
}

/** Status and headers over a connection that the client would keep. */
const asked = (url: string, headers: Record<string, string> = {}) =>
  new Promise<{ status: number | undefined; connection: string | undefined }>((resolve, reject) => {
    get(url, { headers: { connection: 'keep-alive', ...headers } }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve({ status: answer.statusCode, connection: answer.headers.connection }));
    }).on('error', reject);
  });

const warnings = (output: string): string[] => output.split('\n').filter((line) => line.includes('options without effect'));
const OTHERS = '[task]\nwork_dir = /w\n[vault]\nroot_token_id = s3cret\n[oslo_concurrency]\nlock_path = /l\n[wsgi]\ntask_pool_threads = 8\n[oslo_messaging_notifications]\ndriver = messagingv2\n';

describe('Options without effect', () => {
  it('what is not served yet, or not needed here, stops no start and is named in one warning', async () => {
    const idle = [...documented('later'), ...documented('needless')];
    expect(idle.length).toBeGreaterThan(100);
    const sections = [...Map.groupBy(idle, ([group]) => group)].filter(([group]) => group !== 'DEFAULT');
    const lines = (entries: readonly (readonly string[])[]) => entries.map(([, option]) => `${option} = s3cret\n`).join('');
    const conf = `${lines(idle.filter(([group]) => group === 'DEFAULT'))}${sections.map(([group, entries]) => `[${group}]\n${lines(entries)}`).join('')}${OTHERS}`;
    await withServer(conf, async (server) => {
      const [warning = '', ...more] = warnings(server.output);
      expect(more).toEqual([]);
      expect(idle.map(([group, option]) => `[${group}] ${option}`).filter((name) => !warning.includes(name))).toEqual([]);
      for (const name of ['[task] work_dir', '[vault] root_token_id', '[oslo_concurrency] lock_path', '[wsgi] task_pool_threads', '[oslo_messaging_notifications] driver']) expect(warning).toContain(name);
      expect(warning).not.toContain('not known');
      expect(server.output).not.toContain('s3cret');
      expect((await new ImageClient(server).create({ name: 'served' })).status).toBe('queued');
    });
  }, 60_000);
});

describe('Options of the listener', () => {
  it('bind_host and bind_port say where one listens', async () => {
    const elsewhere = async ({ url }: Server) => (await fetch(`${url.replace('127.0.0.1', '127.0.0.2')}/v2/images`).catch(() => undefined))?.status;
    await withServer('', async (server) => expect(await elsewhere(server)).toBeUndefined());
    await withServer('bind_host = 0.0.0.0\n', async (server) => expect(await elsewhere(server)).toBe(200));
  }, 60_000);

  it('enable_v2_api = False: its routes are as unknown as any, and no version is told', async () => {
    await withServer('enable_v1_api = False\nenable_v2_api = False\n[paste_deploy]\nflavor = fakeauth\n', async ({ url, output }) => {
      for (const path of ['/', '/v2/images', '/v2.5/images', '/v2', '/v1/images', '/v2/images/x/file']) {
        const answer = await fetch(`${url}${path}`, { redirect: 'manual' });
        expect([path, answer.status, await answer.json()]).toEqual([path, 300, { versions: [] }]);
      }
      const byHeader = await fetch(`${url}/images`, { headers: { accept: 'application/vnd.openstack.images-v2' } });
      expect(byHeader.status).toBe(300);
      expect(await (await fetch(`${url}/versions`)).json()).toEqual({ versions: [] });
      expect(output).toContain('no version of the API is served');
    });
  }, 60_000);

  it('enable_v1_api = False: version 1 is as unknown as any, and is not told', async () => {
    const told = async (url: string) => ((await (await fetch(`${url}/versions`)).json()) as { versions: { id: string }[] }).versions.map(({ id }) => id);
    await withServer('enable_v1_api = False\n', async ({ url }) => {
      expect([(await fetch(`${url}/v1/images`)).status, (await fetch(`${url}/v2/images`)).status]).toEqual([300, 200]);
      expect(await told(url)).not.toContain('v1.0');
    });
    await withServer('enable_v2_api = False\n', async ({ url, output }) => {
      expect([(await fetch(`${url}/v1/images`)).status, (await fetch(`${url}/v2/images`)).status]).toEqual([200, 300]);
      expect(await told(url)).toEqual(['v1.1', 'v1.0']);
      expect(output).not.toContain('no version of the API is served');
    });
  }, 60_000);

  it('http_keepalive = False ends the connection with its first answer', async () => {
    await withServer('http_keepalive = False\n', async ({ url }) => expect(await asked(`${url}/v2/images`)).toEqual({ status: 200, connection: 'close' }));
    await withServer('', async ({ url }) => expect(await asked(`${url}/v2/images`)).toEqual({ status: 200, connection: 'keep-alive' }));
  }, 60_000);

  it('max_request_id_length bounds what a client calls its request', async () => {
    await withServer('max_request_id_length = 10\n', async ({ url }) => {
      const status = async (id: string) => (await asked(`${url}/v2/images`, { 'x-openstack-request-id': id })).status;
      expect([await status('x'.repeat(10)), await status('x'.repeat(11))]).toEqual([200, 431]);
    });
  }, 60_000);
});

describe('Options of images', () => {
  it('admin_role names who may do everything, in any case', async () => {
    await withServer('admin_role = CloudAdmin\n[paste_deploy]\nflavor = fakeauth\n', async ({ url }) => {
      const publish = async (roles: string) => {
        const headers = { 'content-type': 'application/json', 'x-auth-token': `u:p:${roles}` };
        return (await fetch(`${url}/v2/images`, { method: 'POST', headers, body: '{"visibility":"public"}' })).status;
      };
      expect([await publish('cloudadmin'), await publish('CLOUDADMIN,member'), await publish('admin,member'), await publish('cloudadmins,member')]).toEqual([201, 201, 403, 403]);
    });
  }, 60_000);

  it('limit_param_default is how long a page is, api_limit_max the longest', async () => {
    await withServer('limit_param_default = 2\napi_limit_max = 3\n', async (server) => {
      const client = new ImageClient(server);
      for (let image = 0; image < 5; image += 1) await client.create({ name: 'i' });
      const page = async (query: string) => ((await (await fetch(`${server.url}/v2/images${query}`)).json()) as { images: unknown[] }).images.length;
      expect([await page(''), await page('?limit=1'), await page('?limit=3'), await page('?limit=100')]).toEqual([2, 1, 3, 3]);
    });
  }, 60_000);

  it('quotas of -1 limit nothing', async () => {
    await withServer('image_property_quota = -1\nimage_tag_quota = -1\nimage_member_quota = -1\nimage_location_quota = -1\n', async (server) => {
      const tags = Array.from({ length: 200 }, (_, tag) => `t${tag}`);
      const image = await new ImageClient(server).create({ name: 'i', visibility: 'shared', tags, ...Object.fromEntries(tags.map((tag) => [tag, 'x'])) });
      expect([(image['tags'] as string[]).length, image['t199']]).toEqual([200, 'x']);
      const share = async (member: string) =>
        (await fetch(`${server.url}/v2/images/${image.id}/members`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ member }) })).status;
      expect(new Set(await Promise.all(tags.slice(0, 130).map(share)))).toEqual(new Set([200]));
    });
  }, 60_000);

  it('allow_additional_image_properties = False refuses properties that the schema does not name', async () => {
    await withServer('allow_additional_image_properties = False\n', async ({ url }) => {
      const status = async (body: object) => (await fetch(`${url}/v2/images`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })).status;
      expect([await status({ name: 'x' }), await status({ flavour: 'x' })]).toEqual([201, 400]);
    });
  }, 60_000);

  it('default_store that nothing serves ends the program with 255, and standard error says why', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'options-'));
    const start = (conf: string) => {
      writeFileSync(join(directory, 'x.conf'), conf);
      return run('node', [join(ROOT, 'dist/src/main.js'), 'serve', '--memory', '--state-dir', directory, '--config-file', join(directory, 'x.conf')]);
    };
    expect(await start('[DEFAULT]\ndefault_store = shouldnotexist\n')).toMatchObject({ code: 255, stdout: '', stderr: expect.stringContaining('ERROR: [glance_store] default_store = shouldnotexist') });
    expect(await start('[glance_store]\nstores = file,http\ndefault_store = swift\n')).toMatchObject({ code: 255, stderr: expect.stringContaining('default_store = swift') });
    expect(await start('[DEFAULT]\nenabled_backends = a:file\n[glance_store]\ndefault_backend = b\n')).toMatchObject({ code: 1, stderr: expect.stringContaining('default_backend = b') });
    expect(await start('[DEFAULT]\nowner_is_tenant = False\n')).toMatchObject({ code: 1, stderr: expect.stringContaining('owner_is_tenant') });
    rmSync(directory, { recursive: true });
  }, 60_000);
});

describe('Options of the log', () => {
  it('use_json and use_stderr: the same lines in the file and on standard error, each an object', async () => {
    await withServer('use_json = True\nuse_stderr = True\nlog_dir = log\ndefault_log_levels = x=WARN\n', async (server) => {
      const file = readFileSync(join(server.stateDir, 'log/glance-api.log'), 'utf8').trim().split('\n');
      expect(file.length).toBeGreaterThan(0);
      for (const line of file) expect(JSON.parse(line)).toMatchObject({ level: expect.any(String), time: expect.any(String) });
      expect(file.filter((line) => !server.output.includes(line))).toEqual([]);
    });
  }, 60_000);

  it('access_log has a line for every request, and no token in it', async () => {
    await withServer('access_log = True\nlog_file = api.log\n[paste_deploy]\nflavor = fakeauth\n', async ({ url, stateDir }) => {
      const headers = { 'x-auth-token': 'ann:red:member,t0ken', 'x-service-token': 's3cret', 'x-openstack-request-id': 'mine' };
      await fetch(`${url}/v2/images?name=a%20b`, { headers });
      await fetch(`${url}/v2/images/nonesuch`, { method: 'DELETE', headers });
      await eventually(async () => {
        const log = readFileSync(join(stateDir, 'api.log'), 'utf8');
        expect(log).toMatch(/ INFO \[Request\] 127\.0\.0\.1 "GET \/v2\/images\?name=a%20b HTTP\/1\.1" 200 \d+ 0\.\d{4} req-mine ann red\n/);
        expect(log).toMatch(/ "DELETE \/v2\/images\/nonesuch HTTP\/1\.1" 404 \d+ 0\.\d{4} req-mine ann red\n/);
        expect(log).not.toMatch(/t0ken|s3cret/);
      }, 20_000);
    });
    await withServer('', async ({ url, output }) => {
      await fetch(`${url}/v2/images`);
      expect(output).not.toContain('[Request]');
    });
  }, 60_000);

  it('use_syslog where there is no syslog is told once, and stops nothing', async () => {
    const programs = mkdtempSync(join(tmpdir(), 'programs-'));
    symlinkSync(process.execPath, join(programs, 'node'));
    await withServer('use_syslog = True\nsyslog_log_facility = LOG_LOCAL3\n', async (server) => {
      await eventually(async () => expect(server.output).toContain('use_syslog: nobody takes lines'), 20_000);
      expect((await asked(`${server.url}/v2/images`)).status).toBe(200);
      expect(await server.end()).toBe(0);
      expect(server.output.split('use_syslog: nobody takes lines')).toHaveLength(2);
    }, { PATH: programs });
    rmSync(programs, { recursive: true });
  }, 60_000);
});
