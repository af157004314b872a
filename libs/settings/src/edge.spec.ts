import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSettings, type Settings } from './index.js';

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'settings-'))));
afterEach(() => rmSync(directory, { recursive: true }));

const HEAD = '[DEFAULT]\nbind_host = 127.0.0.1\nworkers = 0\n';

function load(conf: string) {
  const file = join(directory, 'glance-api.conf');
  writeFileSync(file, `${HEAD}${conf}`);
  return loadSettings({ commandLine: { configFiles: [file] }, env: { HOME: directory } });
}
const edge = (conf: string): Settings['edge'] => load(conf).settings.edge;

describe('Without options', () => {
  it('there is a health check, and JSON is compressed for who asks; nothing is shared, believed or limited', () => {
    expect(edge('')).toEqual({
      healthcheck: { path: '/healthcheck', detailed: false },
      metrics: { path: '/metrics', allowed: ['127.0.0.0/8', '::1'] },
      cors: new Map(),
      gzipFrom: 0,
      proxies: { believed: false, trusted: [] },
      rateLimit: { perAddress: 0, perProject: 0, interval: 1 },
    });
  });
});

describe('[metrics]', () => {
  it('are told at a path of their own to the addresses that are named, or not at all', () => {
    expect(edge('[metrics]\npath = /stats\nallowed_addresses = 10.0.0.0/8, ::1').metrics).toEqual({ path: '/stats', allowed: ['10.0.0.0/8', '::1'] });
    expect(edge('[metrics]\nenabled = False').metrics).toBeUndefined();
    expect(() => edge('[metrics]\nallowed_addresses = everybody')).toThrow('[metrics] allowed_addresses = everybody');
  });
});

describe('[healthcheck]', () => {
  it('looks for the files that are named, whether or not backends are', () => {
    expect(edge('[healthcheck]\ndisable_by_file_path = /run/off\ndetailed = yes\npath = /health').healthcheck).toEqual({ path: '/health', detailed: true, file: '/run/off' });
    expect(edge('[healthcheck]\nbackends = disable_by_files_ports\ndisable_by_file_path = /run/off\ndisable_by_file_paths = 9292:/run/a, 9393:/run/b').healthcheck)
      .toEqual({ path: '/healthcheck', detailed: false, filesByPort: new Map([[9292, '/run/a'], [9393, '/run/b']]) });
  });

  it('tells a backend that cannot be asked', () => {
    expect(load('[healthcheck]\nbackends = disable_by_file,enable_by_files').warnings.join()).toContain('enable_by_files cannot be asked');
  });

  it.each(['path = health', 'disable_by_file_paths = /run/off', 'detailed = maybe'])('stops the start for %s', (line) => {
    expect(() => load(`[healthcheck]\n${line}`)).toThrow('[healthcheck]');
  });
});

describe('[cors]', () => {
  it('has the defaults that Glance gives it, and sections of other origins have those of [cors]', () => {
    const { cors } = edge('[cors]\nallowed_origin = https://one.example,https://two.example:8443\nmax_age = 60\n[cors.more]\nallowed_origin = https://three.example, https://one.example\nallow_credentials = False');
    expect([...cors.keys()]).toEqual(['https://one.example', 'https://two.example:8443', 'https://three.example']);
    expect(cors.get('https://one.example')).toMatchObject({ credentials: true, maxAge: 60, methods: ['GET', 'PUT', 'POST', 'DELETE', 'PATCH'] });
    expect(cors.get('https://one.example')?.headers).toContain('X-Auth-Token');
    expect(cors.get('https://one.example')?.exposed).toContain('X-OpenStack-Request-ID');
    expect(cors.get('https://three.example')).toMatchObject({ credentials: false, maxAge: 60 });
  });

  it('knows the options of the sections of other origins, and no others', () => {
    expect(load('[cors.more]\nallowed_origin = https://a\nmax_age = 1').warnings).toEqual([]);
    expect(load('[cors.more]\nallowed_origins = https://a').warnings.join()).toContain('[cors.more] allowed_origins');
  });

  it('warns of an origin that no browser says', () => {
    expect(load('[cors]\nallowed_origin = https://one.example/').warnings.join()).toContain('allows nobody');
  });

  it.each(['allowed_origin = https://a b', 'allow_methods = GET, PO ST', 'expose_headers = X-A: b', 'max_age = -1'])('stops the start for %s', (line) => {
    expect(() => load(`[cors]\n${line}`)).toThrow('[cors]');
  });
});

describe('[oslo_middleware]', () => {
  it('names the proxies that are believed, and an older option the header of the scheme', () => {
    const { proxies } = edge('secure_proxy_ssl_header = HTTP_X_FORWARDED_PROTO\n[oslo_middleware]\nenable_proxy_headers_parsing = True\ntrusted_proxies = 10.0.0.0/8, 2001:db8::1');
    expect(proxies).toEqual({ believed: true, trusted: ['10.0.0.0/8', '2001:db8::1'], schemeHeader: 'x-forwarded-proto' });
  });

  it.each(['proxy.example', '10.0.0.0/33', '::/129', '10.0.0.0/', '10.0.0.0/8/8', '10.0.0'])('trusted_proxies = %s stops the start', (value) => {
    expect(() => load(`[oslo_middleware]\ntrusted_proxies = ${value}`)).toThrow('trusted_proxies');
  });
});

describe('[rate_limit] and [gzip]', () => {
  it('are obeyed, and a Redis of the jobs counts for all processes', () => {
    expect(edge('[rate_limit]\nrequests_per_project = 100\nrequests_per_address = 20\ninterval = 10\n[jobs]\nurl = redis://127.0.0.1:1\n[gzip]\nmin_size = 1000')).toMatchObject({
      gzipFrom: 1000, rateLimit: { perProject: 100, perAddress: 20, interval: 10, redis: 'redis://127.0.0.1:1' },
    });
    expect(edge('[gzip]\nenabled = no').gzipFrom).toBeUndefined();
  });

  it.each(['url = postgresql://h/d', 'interval = 0', 'requests_per_address = -1'])('stop the start for %s', (line) => {
    expect(() => load(`[rate_limit]\n${line}`)).toThrow('[rate_limit]');
  });
});
