import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSettings, settingsAsIni, settingsAsJson, type CommandLine } from './index.js';

const env = { HOME: '/home/me' };
let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'settings-'))));
afterEach(() => rmSync(directory, { recursive: true }));

let files = 0;
function file(text: string, name = `${(files += 1)}.conf`): string {
  writeFileSync(join(directory, name), text);
  return join(directory, name);
}
const withFile = (text: string, more: { env?: Record<string, string>; commandLine?: CommandLine } = {}) =>
  loadSettings({ commandLine: { configFiles: [file(text)], ...more.commandLine }, env: { ...env, ...more.env } });

describe('Without a configuration file', () => {
  it('everything lies under the state directory and only loopback is served', () => {
    const { settings, warnings, files: read } = loadSettings({ env });
    expect(settings.stateDir).toBe('/home/me/.local/state/afterimage');
    expect(settings.listener).toMatchObject({ host: '127.0.0.1', port: 9292 });
    expect(settings.staging.dir).toBe('/home/me/.local/state/afterimage/staging');
    expect(settings.stores).toMatchObject({ multi: false, default: 'file', backends: [{ type: 'file', options: { datadirs: [{ path: '/home/me/.local/state/afterimage/images' }] } }, { type: 'http' }] });
    expect(settings).toMatchObject({ site: 'local', workers: 0, eventStore: { kind: 'embedded' }, readModel: { kind: 'embedded' }, jobs: { kind: 'postgres' } });
    expect([warnings, read]).toEqual([[], []]);
  });

  it('XDG_STATE_HOME moves the state, and --state-dir wins over it', () => {
    expect(loadSettings({ env: { ...env, XDG_STATE_HOME: '/xdg' } }).settings.stateDir).toBe('/xdg/afterimage');
    const { settings } = loadSettings({ commandLine: { stateDir: '/data' }, env: { ...env, XDG_STATE_HOME: '/xdg' } });
    expect([settings.stateDir, settings.staging.dir]).toEqual(['/data', '/data/staging']);
  });

  it('a dollar sign in the path of the state directory stands for itself', () => {
    expect(loadSettings({ env: { XDG_STATE_HOME: '/a$b' } }).settings.staging.dir).toBe('/a$b/afterimage/staging');
  });
});

describe('With a configuration file', () => {
  it("Glance's defaults hold, but only loopback is served and the start says so", () => {
    const { settings, warnings } = withFile('');
    expect(settings.listener.host).toBe('127.0.0.1');
    expect(settings.stores.backends[0]).toMatchObject({ type: 'file', options: { datadirs: [{ path: '/var/lib/glance/images' }] } });
    expect(settings.staging.dir).toBe('/tmp/staging');
    expect(warnings).toEqual([expect.stringContaining('listening on 127.0.0.1 only')]);
  });

  it('bind_host is obeyed once it is given', () => {
    const { settings, warnings } = withFile('[DEFAULT]\nbind_host = 0.0.0.0');
    expect([settings.listener.host, warnings]).toEqual(['0.0.0.0', []]);
  });

  it('the later file wins, the environment over files, the command line over both', () => {
    const configFiles = [file('[DEFAULT]\nbind_port = 1\nbacklog = 1\ndebug = no\nlog_dir = /one'), file('[DEFAULT]\nbind_port = 2\nbacklog = 2')];
    const { settings } = loadSettings({ commandLine: { configFiles, debug: true }, env: { ...env, OS_DEFAULT__BIND_PORT: '3', OS_DEFAULT__DEBUG: 'no' } });
    expect(settings.listener).toMatchObject({ port: 3, backlog: 2 });
    expect(settings.logging).toEqual({ debug: true, json: false, file: '/one/glance-api.log', stderr: false, access: false });
  });

  it('a directory gives its *.conf in order of their names, after the files', () => {
    const conf = join(directory, 'conf.d');
    mkdirSync(conf);
    file('[DEFAULT]\nbind_port = 20', 'conf.d/20.conf');
    file('[DEFAULT]\nbind_port = 10\nbacklog = 10', 'conf.d/10.conf');
    file('[DEFAULT]\nbind_port = 99', 'conf.d/x.txt');
    const { settings } = withFile('[DEFAULT]\nbind_port = 5', { commandLine: { configDirs: [conf] } });
    expect(settings.listener).toMatchObject({ port: 20, backlog: 10 });
  });

  it('OS_GLANCE_CONFIG_DIR is read when no file is named, and has to hold one', () => {
    expect(() => loadSettings({ env: { ...env, OS_GLANCE_CONFIG_DIR: directory } })).toThrow('glance-api.conf');
    file('[DEFAULT]\nbind_port = 7', 'glance-api.conf');
    const load = (configFiles: string[]) => loadSettings({ commandLine: { configFiles }, env: { ...env, OS_GLANCE_CONFIG_DIR: directory } }).settings.listener.port;
    expect([load([]), load([file('')])]).toEqual([7, 9292]);
  });

  it('a missing file stops the start', () => {
    expect(() => loadSettings({ commandLine: { configFiles: ['/nowhere/x.conf'] }, env })).toThrow('/nowhere/x.conf: there is no such file');
  });
});

describe('Substitution', () => {
  it('takes options of the group, of DEFAULT, of a named group, and defaults', () => {
    const { settings } = withFile('[DEFAULT]\nroot = /data\nstate_dir = ${root}/s$$1\nlog_dir = $glance_store.default_store/$bind_port\n[glance_store]\nfilesystem_store_datadir = $state_dir/%(x)s');
    expect(settings.stateDir).toBe('/data/s$1');
    expect(settings.logging.file).toMatch(/\/file\/9292\/glance-api\.log$/);
    expect(settings.stores.backends[0]).toMatchObject({ options: { datadirs: [{ path: '/data/s$1/%(x)s' }] } });
  });

  it.each([['log_dir = $nothing', '[DEFAULT] log_dir = $nothing'], ['log_dir = $log_file\nlog_file = $log_dir', 'in a circle']])('refuses %j', (text, message) => {
    expect(() => withFile(`[DEFAULT]\n${text}`)).toThrow(message);
  });
});

describe('A bad value stops the start with option, value and what is allowed', () => {
  it.each([
    ['[DEFAULT]\nbind_port = 70000', '[DEFAULT] bind_port = 70000: allowed: a whole number from 0 to 65535'],
    ['[DEFAULT]\nbind_port =', '[DEFAULT] bind_port = : allowed'],
    ['[DEFAULT]\nshow_image_direct_url = maybe', '[DEFAULT] show_image_direct_url = maybe: allowed: true'],
    ['[DEFAULT]\nimage_size_cap = 0', 'image_size_cap = 0'],
    ['[DEFAULT]\nuser_storage_quota = 10 GiB', '[DEFAULT] user_storage_quota = 10 GiB: allowed: a whole number of bytes, or one with B, KB'],
    ['[DEFAULT]\nimage_count_quota = -2', '[DEFAULT] image_count_quota = -2: allowed: a whole number from -1'],
    ['[DEFAULT]\nhashing_algorithm = nope', 'hashing_algorithm = nope'],
    ['[DEFAULT]\nmetadata_encryption_key = short-secret', '[DEFAULT] metadata_encryption_key = ***: allowed: a key of 16'],
    ['[DEFAULT]\nnode_staging_uri = http://x/', 'node_staging_uri'],
    ['[paste_deploy]\nflavor = kerberos', '[paste_deploy] flavor = kerberos: serving without the authentication that is asked for would be unsafe'],
    ['[paste_deploy]\nflavor = keystone', '[keystone_authtoken] auth_url'],
    ['[paste_deploy]\nflavor = keystone+caching\n[keystone_authtoken]\nauth_url = http://k:5000\nusername = glance', '[keystone_authtoken] password'],
    ['[event_store]\nurl = mysql://u:secret@h/d', '[event_store] url = mysql://u:***@h/d'],
    ['[read_model]\nurl = postgresql://h/d', 'have their read models beside them'],
    ['[event_store]\nurl = memory:\n[read_model]\nurl = postgresql://h/d', 'events in memory have their read models in memory too'],
    ['[event_store]\nurl = kurrentdb://h\n[read_model]\nurl = memory:', '[read_model] url = memory:: read models in memory go with events in memory only'],
    ['[event_store]\nurl = kurrentdb://u:secret@h:0', '[event_store] url = kurrentdb://u:***@h:0: allowed: kurrentdb://HOST:PORT'],
    ['[read_model]\nurl = kurrentdb://h', '[read_model] url = kurrentdb://h: allowed: embedded:, memory: or postgresql://'],
    ['[DEFAULT]\ndata_api = my.own.api', '[DEFAULT] data_api = my.own.api: no such module; allowed: glance.db.sqlalchemy.api'],
    ['[DEFAULT]\ndata_api = ./nowhere.mjs', '[DEFAULT] data_api = ./nowhere.mjs: no such module'],
    ['[DEFAULT]\ndata_api = glance.db.simple.api\n[event_store]\nurl = postgresql://u:secret@h/d', 'data_api = glance.db.simple.api: keeps everything in memory, and [event_store] url names a database'],
    ['[DEFAULT]\ndata_api = glance.db.simple.api\nworkers = 2', '[DEFAULT] workers = 2: with events in memory there can be one process only'],
    ['[jobs]\nurl = amqp://x', '[jobs] url = amqp://x'],
    ['[site]\nname = North Pole', '[site] name = North Pole'],
    ['[event_store]\nurl = memory:\n[DEFAULT]\nworkers = 2', '[DEFAULT] workers = 2'],
    ['[glance_store]\ndefault_store = swift', '[glance_store] default_store = swift'],
    ['[glance_store]\nstores = file,floppy', '[glance_store] stores = floppy'],
    ['[glance_store]\nfilesystem_store_file_perm = 888', 'filesystem_store_file_perm = 888'],
    ['[glance_store]\nfilesystem_store_datadir = /a\nfilesystem_store_datadirs = /b', 'exclusive'],
    ['[DEFAULT]\nenabled_backends = a:file', '[glance_store] default_backend = (not set)'],
    ['[DEFAULT]\nenabled_backends = os_glance_x:file', 'reserved'],
    ['[DEFAULT]\nenabled_backends = a:file,web:http\n[glance_store]\ndefault_backend = web', '[glance_store] default_backend = web: allowed: an id of enabled_backends that is served and takes data: a'],
    ['[glance_store]\ndefault_store = http', '[glance_store] default_store = http: allowed: one of [glance_store] stores that is served and takes data: file'],
    ['[import_filtering_opts]\nallowed_ports = 80,http', '[import_filtering_opts] allowed_ports = 80,http: allowed: a comma-separated list of ports'],
    ['[DEFAULT]\nenabled_backends = a:file,b:file\n[glance_store]\ndefault_backend = a', 'share this directory'],
  ])('%j', (text, message) => expect(() => withFile(text)).toThrow(message));

  it('also from the environment', () => {
    expect(() => loadSettings({ env: { ...env, OS_DEFAULT__BIND_PORT: 'x' } })).toThrow('[DEFAULT] bind_port = x');
  });
});

describe('Options without effect', () => {
  it('are named in one warning, unknown ones apart from those of Glance', () => {
    const { warnings } = withFile('[DEFAULT]\nbind_host = ::1\npublish_errors = 5\nnonsense = 1\n[keystone_authtoken]\nmemcached_servers = m:11211\n[oslo_messaging_rabbit]\nssl = 1\n[foo]\nbar = 1');
    expect(warnings).toEqual([
      'options without effect: not known: [DEFAULT] nonsense, [foo] bar; of Glance, but not served yet: [DEFAULT] publish_errors, [oslo_messaging_rabbit] ssl; of Glance, but not needed here: [keystone_authtoken] memcached_servers',
    ]);
  });

  it('in the section of a backend are judged as options of a store', () => {
    const { warnings } = withFile('[DEFAULT]\nbind_host = ::1\nenabled_backends = Fast:file\n[glance_store]\ndefault_backend = Fast\n[fast]\nweight = 3\ns3_store_bucket = x\ntypo = 1\n[os_glance_staging_store]\nfilesystem_store_datadir = /st');
    expect(warnings).toEqual(['options without effect: not known: [fast] typo; of Glance, but not served yet: [fast] s3_store_bucket']);
  });
});

describe('Stores', () => {
  it('several are read from their own sections', () => {
    const { settings } = withFile('[DEFAULT]\nenabled_backends = fast:file,big:file\n[glance_store]\ndefault_backend = big\n[fast]\nfilesystem_store_datadir = /fast\nstore_description = NVMe\nweight = 10\nfilesystem_store_file_perm = 640\n[big]\nfilesystem_store_datadirs = /b1\nfilesystem_store_datadirs = /b2:20\n[os_glance_staging_store]\nfilesystem_store_datadir = /stage');
    expect(settings.stores).toEqual({
      multi: true,
      default: 'big',
      backends: [
        { id: 'fast', type: 'file', description: 'NVMe', weight: 10, options: expect.objectContaining({ datadirs: [{ path: '/fast', priority: 0 }], filePerm: 0o640 }), properties: { data_dir: '/fast', chunk_size: 65536, thin_provisioning: false } },
        { id: 'big', type: 'file', description: '', weight: 0, options: expect.objectContaining({ datadirs: [{ path: '/b2', priority: 20 }, { path: '/b1', priority: 0 }] }), properties: expect.objectContaining({ data_dir: '/b2' }) },
      ],
    });
    expect(settings.staging.dir).toBe('/stage');
  });

  it('the names of Folsom still count, and the present one wins in the same file', () => {
    const { settings } = withFile('[DEFAULT]\ndefault_store = file\nknown_stores = glance.store.filesystem.Store\nfilesystem_store_datadir = /old\nsql_connection = postgresql://db/glance');
    expect(settings.stores.backends).toMatchObject([{ id: 'file', options: { datadirs: [{ path: '/old' }] } }]);
    expect(settings.eventStore).toEqual({ kind: 'postgres', url: 'postgresql://db/glance' });
    const both = withFile('[DEFAULT]\nfilesystem_store_datadir = /old\n[glance_store]\nfilesystem_store_datadir = /new');
    expect(both.settings.stores.backends).toMatchObject([{ options: { datadirs: [{ path: '/new' }] } }, { id: 'http' }]);
  });

  it('of a type that is not served yet are left out, and the start says so', () => {
    const { settings, warnings } = withFile('[glance_store]\nstores = file,swift');
    expect(settings.stores.backends.map(({ id }) => id)).toEqual(['file']);
    expect(warnings).toContain('stores of these types are not served yet: swift');
  });
});

describe('Web servers as a store', () => {
  it('are served by default, beside the one that takes data', () => {
    expect(withFile('').settings.stores).toMatchObject({ default: 'file', backends: [{ id: 'file' }, { id: 'http', type: 'http', options: { insecure: false } }] });
    expect(withFile('[glance_store]\nstores = file').settings.stores.backends.map(({ id }) => id)).toEqual(['file']);
  });

  it('have a section of their own with several backends', () => {
    const { settings } = withFile('[DEFAULT]\nenabled_backends = a:file,web:http\n[glance_store]\ndefault_backend = a\n[web]\nhttps_ca_certificates_file = /ca.pem\nweight = -1');
    expect(settings.stores.backends[1]).toEqual({ id: 'web', type: 'http', description: '', weight: -1, options: { caFile: '/ca.pem', insecure: false }, properties: {} });
  });

  it('are verified unless https_insecure says no, which is warned of and counts for nothing beside a CA file', () => {
    const insecure = withFile('[glance_store]\nhttps_insecure = True');
    expect(insecure.settings.stores.backends[1]).toMatchObject({ options: { insecure: true } });
    expect(insecure.warnings.join()).toContain('[glance_store] https_insecure = True');
    const verified = withFile('[glance_store]\nhttps_insecure = True\nhttps_ca_certificates_file = /ca.pem');
    expect(verified.settings.stores.backends[1]).toMatchObject({ options: { insecure: false, caFile: '/ca.pem' } });
    expect(verified.warnings.join()).not.toContain('https_insecure');
  });

  it('are not asked through a proxy, which is said', () => {
    expect(withFile('[glance_store]\nhttp_proxy_information = http:10.0.0.1:3128').warnings.join()).toContain('not served yet: [glance_store] http_proxy_information');
  });
});

describe('The key manager', () => {
  it('is Barbican, verified, where nothing is said', () => {
    expect(withFile('').settings.keyManager).toEqual({ backend: 'barbican', endpoint: undefined, apiVersion: 'v1', inCatalog: { interface: 'public' }, verifyTls: true, authorities: undefined });
  });

  it('is set as castellan reads it, with the older name of the backend too', () => {
    const { settings, warnings } = withFile('[key_manager]\napi_class = vault\n[barbican]\nbarbican_endpoint = https://b:9311/\nverify_ssl_path = /ca.pem\nauth_endpoint = http://k');
    expect(settings.keyManager).toMatchObject({ backend: 'vault', endpoint: 'https://b:9311/', verifyTls: true, authorities: '/ca.pem' });
    expect(warnings.join()).toContain('not served yet: [barbican] auth_endpoint');
    expect(warnings.join()).not.toContain('verify_ssl');
  });

  it('that is not verified is warned of, and one whose endpoint is no URL stops the start', () => {
    expect(withFile('[barbican]\nverify_ssl = False').warnings.join()).toContain('[barbican] verify_ssl = False');
    expect(() => withFile('[barbican]\nbarbican_endpoint = b:9311')).toThrow('barbican_endpoint');
  });
});

describe('The filter of URIs', () => {
  it('has the lists of Glance, and lets no private addresses pass', () => {
    expect(withFile('').settings.uriFilter).toEqual({
      allowedSchemes: ['http', 'https'], disallowedSchemes: [], allowedHosts: [], disallowedHosts: [], allowedPorts: [80, 443], disallowedPorts: [], allowPrivateAddresses: false,
    });
  });

  it('is set as in Glance, with brackets and quotes', () => {
    const { settings, warnings } = withFile("[import_filtering_opts]\nallowed_hosts = [127.0.0.1,localhost]\nallowed_ports = []\ndisallowed_ports = [22, '25']\nallowed_schemes = [ 'https' ]\nallow_private_addresses = True");
    expect(settings.uriFilter).toMatchObject({
      allowedSchemes: ['https'], allowedHosts: ['127.0.0.1', 'localhost'], allowedPorts: [], disallowedPorts: [22, 25], allowPrivateAddresses: true,
    });
    expect(warnings.join()).not.toContain('import_filtering_opts');
  });
});

describe('Shown settings', () => {
  const text = '[DEFAULT]\nmetadata_encryption_key = 0123456789abcdef\nlog_dir = /a$$b\n[database]\nconnection = postgresql://u:s3cret@h/d';

  it('hide keys and passwords and name the source of what is no default', () => {
    const path = file(text);
    const { resolved } = loadSettings({ commandLine: { configFiles: [path] }, env: { ...env, OS_DEFAULT__BACKLOG: '7' } });
    const ini = settingsAsIni(resolved);
    expect(ini).toContain(`# from ${path}:5\nconnection = postgresql://u:***@h/d\n`);
    expect(ini).toContain('# from OS_DEFAULT__BACKLOG\nbacklog = 7\n');
    expect(ini).toContain('metadata_encryption_key = ***\n');
    expect(ini).toContain('\nbind_port = 9292\n');
    const json = settingsAsJson(resolved);
    expect(JSON.parse(json)).toMatchObject({ DEFAULT: { backlog: { value: 7, source: 'OS_DEFAULT__BACKLOG' }, bind_port: { value: 9292, source: 'default' } } });
    expect(ini + json).not.toMatch(/s3cret|0123456789abcdef/);
  });

  it('can be read again as a file with the same result', () => {
    const { settings, resolved } = withFile('[DEFAULT]\nlog_dir = /a$$b\nenabled_backends = one:file\n[glance_store]\ndefault_backend = one\n[one]\nfilesystem_store_datadirs = /x:2\nfilesystem_store_datadirs = /y');
    const again = withFile(settingsAsIni(resolved));
    expect(again.settings).toEqual(settings);
  });
});
