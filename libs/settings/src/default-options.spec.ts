import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BadSetting, loadSettings, settingsAsJson } from './index.js';

let directory: string;
beforeAll(() => (directory = mkdtempSync(join(tmpdir(), 'options-'))));
afterAll(() => rmSync(directory, { recursive: true }));

function load(text: string, env: Record<string, string> = {}) {
  const file = join(directory, 'glance-api.conf');
  writeFileSync(file, text);
  return loadSettings({ commandLine: { configFiles: [file] }, env: { HOME: '/home/me', ...env } });
}
const withDefault = (...lines: readonly string[]) => load(`[DEFAULT]\nbind_host = ::1\n${lines.join('\n')}`);

describe('Options of [DEFAULT] that lead astray', () => {
  it('owner_is_tenant = False stops the start and says what to do', () => {
    expect(() => withDefault('owner_is_tenant = False')).toThrow('[DEFAULT] owner_is_tenant = False: images belong to projects here');
    expect(withDefault('owner_is_tenant = True').warnings).toEqual([]);
  });

  it('enforce_secure_rbac decides nothing beside enforce_new_defaults', () => {
    const legacy = (text: string) => load(text).settings.policy.legacy;
    expect([legacy('[DEFAULT]\nenforce_secure_rbac = False'), legacy('[DEFAULT]\nenforce_secure_rbac = True\n[oslo_policy]\nenforce_new_defaults = False')]).toEqual([false, true]);
    expect(withDefault('enforce_secure_rbac = True').warnings).toEqual([]);
  });

  it('sql_connection to SQLite is not used, which is said', () => {
    const { settings, warnings } = withDefault('sql_connection = sqlite:////var/lib/glance/glance.sqlite', 'sql_idle_timeout = 3600');
    expect(settings.eventStore).toEqual({ kind: 'embedded' });
    expect(warnings).toEqual([
      '[database] connection (sqlite) is not used: only PostgreSQL can hold the data; the database in state_dir is used instead',
      'options without effect: of Glance, but not needed here: [DEFAULT] sql_idle_timeout',
    ]);
  });

  it('known_stores takes the classes of Folsom, and leaves out others with a word', () => {
    const folsom = ['filesystem', 'http', 'rbd', 's3', 'swift'].map((name) => `glance.store.${name}.Store`).join(',');
    const { settings, warnings } = withDefault(`known_stores = ${folsom},example.store.Store,./mine.js,glance.store.floppy.Store`, 'default_store = file');
    expect(settings.stores).toMatchObject({ default: 'file', backends: [{ id: 'file' }, { id: 'http' }] });
    expect(warnings).toEqual([
      expect.stringMatching(/^\[DEFAULT\] known_stores: left out, .*: example\.store\.Store, \.\/mine\.js, glance\.store\.floppy\.Store$/),
      'stores of these types are not served yet: rbd, s3, swift',
    ]);
  });

  it.each(['swift', 'shouldnotexist', 'http'])('default_store = %s, which takes no data here, ends with 255', (store) => {
    const bad = () => withDefault(`default_store = ${store}`);
    expect(bad).toThrow(BadSetting);
    expect(bad).toThrow(expect.objectContaining({ option: 'default_store', exitCode: 255 }) as Error);
  });

  it('user_storage_quota takes amounts as Glance does, and stops the start with any other', () => {
    const bytes = (amount: string) => withDefault(`user_storage_quota = ${amount}`).settings.images.ownerLimits.bytes;
    expect([bytes('0'), bytes('10'), bytes('10B'), bytes('2KB'), bytes('1TB')]).toEqual([undefined, 10n, 10n, 2048n, 1n << 40n]);
    expect(() => bytes('ten')).toThrow('[DEFAULT] user_storage_quota = ten: allowed');
  });
});

describe('Numbers and words of [DEFAULT]', () => {
  it('image_size_cap is from 1 to 2^63-1 bytes', () => {
    const cap = (bytes: string) => withDefault(`image_size_cap = ${bytes}`).settings.images.sizeCap;
    expect([cap('1'), load('').settings.images.sizeCap, cap('9223372036854775807')]).toEqual([1, 2 ** 40, Number.MAX_SAFE_INTEGER]);
    for (const bytes of ['0', '-1', '9223372036854775808', '1GB']) expect(() => cap(bytes)).toThrow(`image_size_cap = ${bytes}`);
  });

  it('backlog, tcp_keepidle and client_socket_timeout are passed on to the listener', () => {
    expect(withDefault('backlog = 1', 'tcp_keepidle = 2', 'client_socket_timeout = 3').settings.listener).toMatchObject({ backlog: 1, tcpKeepIdle: 2, clientSocketTimeout: 3 });
    expect(load('').settings.listener).toMatchObject({ backlog: 4096, tcpKeepIdle: 600, clientSocketTimeout: 900, keepAlive: true, maxHeaderLine: 16384, maxRequestIdLength: 64 });
  });

  it('do_secure_hash, http_retries and task_time_to_live, which was in [DEFAULT] once, say how tasks are treated', () => {
    expect(load('').settings.tasks).toEqual({ timeToLive: 48, secureHash: true, hashRetries: 3 });
    expect(withDefault('do_secure_hash = False', 'http_retries = 0', 'task_time_to_live = 1').settings.tasks).toEqual({ timeToLive: 1, secureHash: false, hashRetries: 0 });
    expect(load('[task]\ntask_time_to_live = 2\n').settings.tasks.timeToLive).toBe(2);
  });

  it('scrub_time is how long data stays, with delayed_delete alone', () => {
    const kept = (...lines: string[]) => withDefault(...lines).settings.images.keepDeletedFor;
    expect([kept('scrub_time = 60'), kept('delayed_delete = True', 'scrub_time = 60'), kept('delayed_delete = True')]).toEqual([undefined, 60, 0]);
  });

  it('scrub_pool_size and wakeup_time are how a scrubber works, which [scrubber] in_server takes out of the server', () => {
    const scrubbing = (...lines: string[]) => withDefault(...lines).settings.images.scrubbing;
    expect(scrubbing()).toEqual({ parallel: 1, everySeconds: 300, inServer: true });
    expect(scrubbing('scrub_pool_size = 4', 'wakeup_time = 0', '[scrubber]', 'in_server = False')).toEqual({ parallel: 4, everySeconds: 1, inServer: false });
    expect(() => scrubbing('scrub_pool_size = 0')).toThrow('[DEFAULT] scrub_pool_size = 0');
  });

  it.each([
    'limit_param_default = 0', 'api_limit_max = 0', 'max_request_id_length = -1', 'image_tag_quota = -2', 'image_member_quota = many', 'backlog = 0', 'bind_host = a b',
    'http_keepalive = maybe', 'public_endpoint = glance', 'workers = -1', 'enabled_backends = nonsense', 'enable_v2_api = 2', 'log_rotation_type = weekly',
    'max_logfile_size_mb = 0', 'access_log = some',
  ])('%s stops the start and is named', (line) => expect(() => withDefault(line)).toThrow(`[DEFAULT] ${line}`));

  it('disk_formats and container_formats are read from where Folsom had them too', () => {
    expect(withDefault('disk_formats = raw,iso', 'container_formats = bare').settings.formats).toMatchObject({ disk: ['raw', 'iso'], container: ['bare'] });
  });
});

describe('Options of the log', () => {
  const logging = (...lines: string[]) => withDefault(...lines).settings.logging;

  it('log_file lies in log_dir, which alone means glance-api.log', () => {
    expect(logging('log_dir = /var/log/glance').file).toBe('/var/log/glance/glance-api.log');
    expect(logging('log_dir = /var/log/glance', 'log_file = api.log').file).toBe('/var/log/glance/api.log');
    expect(logging('logdir = /old', 'logfile = /x/api.log').file).toBe('/x/api.log');
    expect(logging()).toEqual({ debug: false, json: false, file: undefined, stderr: false, access: false });
  });

  it('use_journal is standard error, which systemd takes', () => expect(logging('use_journal = True', 'log_dir = /l')).toMatchObject({ file: '/l/glance-api.log', stderr: true }));

  it('syslog_log_facility takes any case, with or without LOG_, and no other word', () => {
    expect([logging('syslog_log_facility = local0').syslog, logging('use_syslog = True').syslog]).toEqual([undefined, 'LOG_USER']);
    expect(['local0', 'LOG_LOCAL0', 'log_daemon'].map((name) => logging('use_syslog = True', `syslog_log_facility = ${name}`).syslog)).toEqual(['LOG_LOCAL0', 'LOG_LOCAL0', 'LOG_DAEMON']);
    expect(() => logging('syslog_log_facility = LOCAL8')).toThrow('[DEFAULT] syslog_log_facility = LOCAL8: allowed: LOG_KERN');
  });

  it('log_rotation_type = size turns files over, interval is said not to', () => {
    expect(logging('max_logfile_size_mb = 1').rotation).toBeUndefined();
    expect(logging('log_rotation_type = Size', 'max_logfile_size_mb = 1', 'max_logfile_count = 2').rotation).toEqual({ bytes: 1024 * 1024, count: 2 });
    const { settings, warnings } = withDefault('log_rotation_type = interval', 'log_rotate_interval = 1');
    expect([settings.logging.rotation, warnings]).toEqual([undefined, [expect.stringContaining('log_rotation_type = interval is not served'), expect.stringContaining('log_rotate_interval')]]);
  });

  it('options of logging and versions are shown with where they come from', () => {
    const { resolved } = load('[DEFAULT]\nuse_syslog = True\n', { OS_DEFAULT__ENABLE_V2_API: 'False', OS_DEFAULT__SYSLOG_LOG_FACILITY: 'daemon' });
    expect(JSON.parse(settingsAsJson(resolved))).toMatchObject({
      DEFAULT: {
        use_syslog: { value: true, source: expect.stringMatching(/glance-api\.conf:2$/) },
        enable_v2_api: { value: false, source: 'OS_DEFAULT__ENABLE_V2_API' },
        syslog_log_facility: { value: 'LOG_DAEMON', source: 'OS_DEFAULT__SYSLOG_LOG_FACILITY' },
        max_logfile_count: { value: 30, source: 'default' },
      },
    });
  });
});

describe('Options of other sections', () => {
  it('site is named in events, by a word', () => {
    expect(load('[site]\nname = eu-1').settings.site).toBe('eu-1');
    expect(() => load('[site]\nname = -')).toThrow('[site] name = -');
  });

  it('allow_insecure_bind lets a test authentication listen on other addresses', () => {
    const conf = '[DEFAULT]\nbind_host = 0.0.0.0\n[paste_deploy]\nflavor = fakeauth\n';
    expect(() => load(conf)).toThrow('allow_insecure_bind');
    expect(load(`${conf}allow_insecure_bind = True`).settings).toMatchObject({ authentication: 'fakeauth', listener: { host: '0.0.0.0' } });
  });
});
