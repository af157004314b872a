import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSettings, type Settings } from './index.js';

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'settings-'))));
afterEach(() => rmSync(directory, { recursive: true }));

const HEAD = '[DEFAULT]\nbind_host = 127.0.0.1\nworkers = 0\n';

function load(conf: string, paste?: string) {
  const file = join(directory, 'glance-api.conf');
  writeFileSync(file, `${HEAD}${conf}`);
  if (paste !== undefined) writeFileSync(join(directory, 'glance-api-paste.ini'), paste);
  return loadSettings({ commandLine: { configFiles: [file] }, env: { HOME: directory } });
}
const edge = (conf: string, paste?: string): Settings['edge'] => load(conf, paste).settings.edge;

/** In the manner of Debian's: all pipelines alike, filters with options of their own. */
const PASTE = `
[pipeline:glance-api]
pipeline = cors healthcheck http_proxy_to_wsgi versionnegotiation osprofiler unauthenticated-context rootapp
# with a token
[pipeline:glance-api-keystone]
pipeline = cors healthcheck authtoken context  rootapp
[composite:rootapp]
paste.composite_factory = glance.api:root_app_factory
/: apiversions
/v2: apiv2app
[app:apiversions]
paste.app_factory = glance.api.versions:create_resource
[filter:healthcheck]
paste.filter_factory = oslo_middleware:Healthcheck.factory
backends = disable_by_file
disable_by_file_path = /etc/glance/healthcheck_disable
[filter:unauthenticated-context]
paste.filter_factory = glance.api.middleware.context:UnauthenticatedContextMiddleware.factory
[filter:versionnegotiation]
paste.filter_factory = glance.api.middleware.version_negotiation:VersionNegotiationFilter.factory
[filter:authtoken]
paste.filter_factory = keystonemiddleware.auth_token:filter_factory
delay_auth_decision = true
[filter:osprofiler]
paste.filter_factory = osprofiler.web:WsgiMiddleware.factory
[filter:cors]
paste.filter_factory =  oslo_middleware.cors:filter_factory
oslo_config_project = glance
oslo_config_program = glance-api
[filter:http_proxy_to_wsgi]
paste.filter_factory = oslo_middleware:HTTPProxyToWSGI.factory
`;

describe('The paste file', () => {
  it("that Glance comes with is read beside the configuration, and means what it means there", () => {
    const { settings, warnings, resolved } = load('', PASTE);
    expect(settings.edge.healthcheck).toEqual({ path: '/healthcheck', detailed: false, file: '/etc/glance/healthcheck_disable' });
    expect(warnings).toEqual([]);
    expect(resolved.find(({ option }) => option === 'disable_by_file_path')?.origin).toMatch(/glance-api-paste\.ini:\d+$/);
  });

  it("wins over the configuration's own sections, as its options do in oslo.middleware", () => {
    const conf = '[healthcheck]\ndisable_by_file_path = /run/other\ndetailed = True\n[cors]\nallowed_origin = https://one.example\nmax_age = 5\n';
    const { healthcheck, cors } = edge(conf, PASTE.replace('oslo_config_project = glance', 'allowed_origin = https://two.example'));
    expect(healthcheck).toEqual({ path: '/healthcheck', detailed: true, file: '/etc/glance/healthcheck_disable' });
    expect([...cors]).toEqual([['https://two.example', expect.objectContaining({ maxAge: 5 })]]);
  });

  it('may have its sections alone, continue lines, have comments between them, and refer to its folder and to defaults', () => {
    const paste = `[DEFAULT]\nfolder = %(here)s/run\n[filter:healthcheck]\npaste.filter_factory = oslo_middleware:Healthcheck.factory\nbackends =\n    disable_by_file\n\n  # one more\n  , disable_by_files_ports\ndisable_by_file_path = %(folder)s/50%%$off\n`;
    expect(edge('', paste).healthcheck.file).toBe(`${directory}/run/50%$off`);
  });

  it('may have the health check as an application at a path of its own', () => {
    const paste = `[composite:glance-api]\npaste.composite_factory = glance.api:root_app_factory\n/: api\n/alive: healthcheck\n[pipeline:api]\npipeline = cors rate stranger apiv2app\n[filter:cors]\npaste.filter_factory = oslo_middleware.cors:filter_factory\n[filter:rate]\nuse = egg:rates\n[app:healthcheck]\npaste.app_factory = oslo_middleware:Healthcheck.app_factory\nbackends = disable_by_file\ndisable_by_file_path = /run/off\npath = /elsewhere\n`;
    const { settings, warnings } = load('', paste);
    expect(settings.edge.healthcheck).toEqual({ path: '/alive', detailed: false, file: '/run/off' });
    expect(warnings).toEqual([expect.stringMatching(/glance-api-paste\.ini: of glance-api these filters are not served here: rate, stranger$/)]);
  });

  it('is named after the configuration file, or by an option that must name one that is there', () => {
    const other = PASTE.replace('healthcheck_disable', 'other');
    writeFileSync(join(directory, 'other.ini'), other);
    expect(edge(`[paste_deploy]\nconfig_file = ${directory}/other.ini`, PASTE).healthcheck.file).toBe('/etc/glance/other');
    expect(edge('[paste_deploy]\nconfig_file = other.ini').healthcheck.file).toBe('/etc/glance/other');
    expect(() => load(`[paste_deploy]\nconfig_file = ${directory}/none.ini`)).toThrow(`[paste_deploy] config_file = ${directory}/none.ini: there is no such file`);
  });

  it.each([
    ['no section', 'a = b', 1], ['no value', '[app:x]\nnonsense', 2], ['an open section', '[app:x', 1], ['a line that continues nothing', '[app:x]\n  b', 2],
    ['a reference to nothing', '[filter:cors]\nmax_age = %(none)s', 2], ['references in a circle', '[filter:cors]\na = %(a)s\n', 2],
  ])('stops the start where it has %s', (_what, paste, line) => {
    expect(() => load('', paste)).toThrow(`glance-api-paste.ini:${line}: `);
  });

  it('stops the start where it asks for tokens and the flavor does not', () => {
    const paste = PASTE.replace('unauthenticated-context rootapp', 'authtoken context rootapp');
    expect(() => load('', paste)).toThrow('serving it without would be unsafe');
    expect(() => load('[paste_deploy]\nflavor = fakeauth', paste)).not.toThrow();
  });

  it("may have a flavor of the operator's own, which is Keystone's if it asks for tokens, and else unknown", () => {
    const own = (filters: string) => `${PASTE}[pipeline:glance-api-ours]\npipeline = cors ${filters} audit rootapp\n[filter:audit]\nuse = egg:audit\n[filter:cache]\npaste.filter_factory = glance.api.middleware.cache:CacheFilter.factory\n`;
    const conf = '[paste_deploy]\nflavor = ours\n[keystone_authtoken]\nauth_url = http://127.0.0.1:5000\nusername = glance\npassword = x\nproject_name = service\n';
    const { settings, warnings } = load(conf, own('authtoken cache'));
    expect([settings.authentication, settings.values.paste_deploy.flavor]).toEqual(['keystone', 'keystone+caching']);
    expect(warnings).toContainEqual(expect.stringContaining('not served here: audit'));
    expect(() => load(conf, own('unauthenticated-context'))).toThrow('[paste_deploy] flavor = ours');
  });

  it('that is broken in a value names the option', () => {
    expect(() => load('', '[filter:healthcheck]\npaste.filter_factory = oslo_middleware:Healthcheck.factory\ndetailed = perhaps')).toThrow('[healthcheck] detailed = perhaps');
  });
});
