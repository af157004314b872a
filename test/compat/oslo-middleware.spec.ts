import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadSettings } from '#settings';
import { exchange } from '../support/raw-http.js';
import { Server } from '../support/server.js';

const PROGRAM = fileURLToPath(new URL('../support/oslo-middleware.py', import.meta.url));

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const CORS = `
[cors]
allowed_origin = https://one.example, https://Two.example:8443
max_age = 60
[cors.more]
allowed_origin = https://three.example
allow_credentials = False
allow_methods = GET
allow_headers = X-Own
expose_headers = X-Shown
max_age = 0
`;
const ANY = '[cors]\nallowed_origin = *, https://one.example\n[cors.one]\nallowed_origin = https://one.example\nallow_credentials = no\n';

const ORIGINS = ['https://one.example', 'https://ONE.example', 'https://Two.example:8443', 'https://three.example', 'https://one.example.evil', 'http://one.example', 'https://one.example/', 'null', '*', '', 'https://one.example, https://two.example'];
const WANTED: readonly Readonly<Record<string, string>>[] = [
  {}, { 'Access-Control-Request-Method': 'GET' }, { 'Access-Control-Request-Method': 'get' }, { 'Access-Control-Request-Method': 'PATCH' }, { 'Access-Control-Request-Method': 'TRACE' }, { 'Access-Control-Request-Method': '' },
  { 'Access-Control-Request-Method': 'GET', 'Access-Control-Request-Headers': 'x-auth-token, Content-Type,,ACCEPT ' }, { 'Access-Control-Request-Method': 'GET', 'Access-Control-Request-Headers': 'X-Own' },
  { 'Access-Control-Request-Method': 'GET', 'Access-Control-Request-Headers': 'X-Auth-Token, X-Strange' }, { 'Access-Control-Request-Method': 'GET', 'Access-Control-Request-Headers': '' }, { 'Access-Control-Request-Headers': 'X-Auth-Token' },
];

const crossOrigin: readonly Asked[] = [
  ...ORIGINS.flatMap((Origin) => WANTED.map((wanted) => ({ method: 'OPTIONS', path: '/v2/images', headers: { Origin, ...wanted } }))),
  ...ORIGINS.flatMap((Origin) => ['/v2/images', '/v2/nonesuch', '/healthcheck'].map((path) => ({ method: 'GET', path, headers: { Origin } }))),
  { method: 'OPTIONS', path: '/v2/images', headers: {} }, { method: 'OPTIONS', path: '/v2/nonesuch', headers: { 'Access-Control-Request-Method': 'GET' } }, { method: 'GET', path: '/v2/images', headers: {} },
];

/** By every scheme, host and prefix that proxies say; what is not of such a form the peer repeats and we do not. */
const PROXIED: readonly Readonly<Record<string, string>>[] = [
  {}, { 'X-Forwarded-Proto': 'https' }, { 'X-Forwarded-Host': 'images.example:8080' }, { 'X-Forwarded-Prefix': '/cloud/image' }, { 'X-Forwarded-For': '192.0.2.1' },
  { 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'images.example', 'X-Forwarded-Prefix': '/image' }, { Forwarded: 'for=192.0.2.1;proto=https;host=images.example, for=10.0.0.1;proto=http;host=inner' },
  { Forwarded: 'Proto=https', 'X-Forwarded-Host': 'unheard' }, { Forwarded: 'for=192.0.2.1', 'X-Forwarded-Proto': 'https', 'X-Forwarded-Prefix': '/p' },
];
const proxied = PROXIED.map((headers): Asked => ({ method: 'GET', path: '/', headers: { Host: 'inner.example:9292', ...headers } }));

const health = ['GET', 'HEAD'].flatMap((method) =>
  [undefined, '*/*', 'text/plain', 'text/html', 'application/json', 'application/json;q=0.5, text/plain;q=0.1', 'image/png', 'nonsense'].map((Accept): Asked => ({ method, path: '/healthcheck', headers: Accept === undefined ? {} : { Accept } })));

function oslo(conf: string, requests: readonly Asked[]): Answered[] {
  const asked = spawnSync('/usr/bin/python3', [PROGRAM], { input: JSON.stringify({ conf, requests }), encoding: 'utf8', timeout: 60_000 });
  if (asked.status !== 0) throw new Error(asked.stderr);
  return JSON.parse(asked.stdout) as Answered[];
}

async function ours(server: Server, { method, path, headers }: Asked): Promise<Answered> {
  const { answer } = await exchange(new URL(server.url), { method, target: path, headers: Object.entries(headers), body: Buffer.alloc(0) });
  if (!answer) throw new Error('no answer');
  return { status: answer.status, headers: Object.fromEntries(answer.headers), body: answer.body.toString() };
}

async function withServer(conf: string, look: (server: Server) => Promise<void>): Promise<void> {
  const server = await Server.start({ memory: true, conf: `[gzip]\nenabled = False\n${conf}` });
  try {
    await look(server);
  } finally {
    await server.dispose();
  }
}

const shared = ({ headers }: Answered) => Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('access-control-') || name === 'vary'));

describe('As oslo.middleware itself', () => {
  it.each([['two origins and a section of its own', CORS], ['everybody, and one by name', ANY]])('pages of other origins are answered, with %s', async (_what, conf) => {
    const expected = oslo(conf, crossOrigin);
    await withServer(conf, async (server) => {
      for (const [index, asked] of crossOrigin.entries()) {
        const [answer, peer] = [await ours(server, asked), expected[index]];
        if (!peer) throw new Error('no answer of the peer');
        expect([asked, shared(answer)]).toEqual([asked, shared(peer)]);
        expect([asked, answer.status]).toEqual([asked, peer.status]);
        if (asked.method === 'OPTIONS') expect([asked, answer.body]).toEqual([asked, peer.body]);
      }
    });
  }, 60_000);

  it('links are of the address that proxies say', async () => {
    const conf = '[oslo_middleware]\nenable_proxy_headers_parsing = True\n';
    const expected = oslo(conf, proxied);
    await withServer(conf, async (server) => {
      for (const [index, asked] of proxied.entries()) {
        const { versions } = JSON.parse((await ours(server, asked)).body) as { versions: { links: { href: string }[] }[] };
        expect([asked, versions[0]?.links[0]?.href]).toEqual([asked, `${expected[index]?.body}/v2/`]);
      }
    });
  }, 60_000);

  it.each([['nothing to look for', 'disable_by_file_path = /nonexistent/file'], ['the file there', 'disable_by_file_path = /']])('the health check answers each Accept, with %s', async (_what, line) => {
    const conf = `[healthcheck]\nbackends = disable_by_file\n${line}\n`;
    const expected = oslo(conf, health);
    await withServer(conf, async (server) => {
      for (const [index, asked] of health.entries()) {
        const [answer, peer] = [await ours(server, asked), expected[index]];
        const type = answer.headers['content-type'];
        expect([asked, answer.status, type]).toEqual([asked, peer?.status, peer?.headers['content-type']]);
        // A page is for people, and in words of our own.
        if (type?.startsWith('text/html') !== true) expect([asked, answer.body]).toEqual([asked, peer?.body]);
      }
    });
  }, 60_000);
});

describe('The paste file of Glance', () => {
  it.each(['', 'keystone', 'keystone+caching', 'keystone+cachemanagement', 'caching'])('is read as Debian has it, for the flavor %p, and nothing of it is left out', (flavor) => {
    const folder = mkdtempSync(join(tmpdir(), 'afterimage-paste-'));
    const file = join(folder, 'glance-api.conf');
    writeFileSync(file, `[DEFAULT]\nbind_host = 127.0.0.1\n[paste_deploy]\nflavor = ${flavor}\nconfig_file = /usr/share/glance-common/glance-api-paste.ini\n[keystone_authtoken]\nauth_url = http://127.0.0.1:5000\nusername = glance\npassword = x\nproject_name = service\n`);
    try {
      const { settings, warnings } = loadSettings({ commandLine: { configFiles: [file] }, env: { HOME: folder } });
      expect(settings.edge.healthcheck).toEqual({ path: '/healthcheck', detailed: false, file: '/etc/glance/healthcheck_disable' });
      expect(warnings.join()).not.toContain('paste.ini');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
