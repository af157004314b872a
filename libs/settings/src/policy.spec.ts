import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSettings } from './load-settings.js';
import { settingsAsIni } from './show-settings.js';

describe('the policy', () => {
  const folder = mkdtempSync(join(tmpdir(), 'settings-policy-'));
  const at = (...path: string[]) => join(folder, ...path);
  mkdirSync(at('dir.d'));
  afterAll(() => rmSync(folder, { recursive: true }));

  const load = (conf: string, env: Record<string, string> = {}) => {
    writeFileSync(at('glance-api.conf'), conf);
    const { settings, warnings, resolved } = loadSettings({ commandLine: { configFiles: [at('glance-api.conf')], configDirs: [at('dir.d')], stateDir: folder }, env: { HOME: at('home'), ...env } });
    return { ...settings.policy, warnings: warnings.filter((text) => text.includes('policy')), shown: settingsAsIni(resolved) };
  };
  const everywhere = (name: string) => [at('dir.d', name), at(name), at('home', '.glance', name), at('home', name), `/etc/glance/${name}`, `/etc/${name}`];

  it('is looked for in the configuration folders, beside the configuration files, at home and in /etc; then as JSON', () => {
    const { places, warnings } = load('');
    expect(places).toEqual({ file: [...everywhere('policy.yaml'), ...everywhere('policy.json')], directories: [everywhere('policy.d')] });
    expect(warnings).toEqual([]);
  });

  it.each([['[oslo_policy]'], ['[DEFAULT]']])('is where %s policy_file says, with no JSON in its stead, and told where it is not there', (group) => {
    const { places, warnings } = load(`${group}\npolicy_file = rules.yaml\npolicy_default_rule = mine\n`);
    expect(places.file).toEqual(everywhere('rules.yaml'));
    expect(warnings).toEqual([`[oslo_policy] policy_file = rules.yaml: the file is not there, the default rules hold until it is; looked for: ${everywhere('rules.yaml').join(', ')}`]);
    writeFileSync(at('dir.d', 'rules.yaml'), '');
    expect(load(`${group}\npolicy_file = rules.yaml\n`).warnings).toEqual([]);
    rmSync(at('dir.d', 'rules.yaml'));
  });

  it('is told of where the file is the former one', () => {
    writeFileSync(at('policy.json'), '{}');
    expect(load('').warnings).toEqual([`the policy file ${at('policy.json')} is read, since there is no policy.yaml; JSON is deprecated: rename the file, YAML reads it as it is`]);
    writeFileSync(at('policy.yaml'), '');
    expect(load('').warnings).toEqual([]);
    for (const name of ['policy.json', 'policy.yaml']) rmSync(at(name));
  });

  it('may have folders of more files, by their whole path or looked for', () => {
    expect(load('[oslo_policy]\npolicy_dirs = /a/b\npolicy_dirs = more.d\n').places.directories).toEqual([['/a/b'], everywhere('more.d')]);
  });

  it('has the rules of secure RBAC for projects, unless it says otherwise', () => {
    expect(load('')).toMatchObject({ legacy: false, enforceScope: true, defaultRule: 'default', overrides: {} });
    expect(load('[oslo_policy]\nenforce_new_defaults = False\nenforce_scope = no\npolicy_default_rule = mine\n')).toMatchObject({ legacy: true, enforceScope: false, defaultRule: 'mine' });
    expect(load('', { OS_OSLO_POLICY__ENFORCE_SCOPE: 'False', OS_OSLO_POLICY__POLICY_FILE: '/x' })).toMatchObject({ enforceScope: false, places: { file: ['/x'] } });
    expect(load('[DEFAULT]\nadmin_role = Boss\n').overrides).toEqual({ context_is_admin: 'role:Boss' });
  });

  it.each([['True', 'True', 0], ['False', 'False', 0], ['False', 'True', 1], ['True', 'False', 1]])('takes enforce_secure_rbac = %s beside enforce_new_defaults = %s, with %i warnings: the latter counts', (secure, fresh, count) => {
    const conf = `[DEFAULT]\nenforce_secure_rbac = ${secure}\n[oslo_policy]\nenforce_new_defaults = ${fresh}\n`;
    const { settings, warnings } = (writeFileSync(at('glance-api.conf'), conf), loadSettings({ commandLine: { configFiles: [at('glance-api.conf')], stateDir: folder }, env: {} }));
    expect(settings.policy.legacy).toBe(fresh === 'False');
    expect(warnings.filter((text) => text.includes('enforce_secure_rbac'))).toHaveLength(count);
  });

  it('is not looked for unasked where nothing is configured', () => {
    const { settings } = loadSettings({ commandLine: { stateDir: folder }, env: {} });
    expect(settings.policy.places).toEqual({ file: [], directories: [[]] });
  });

  it('is shown with the configuration', () => {
    expect(load('[oslo_policy]\npolicy_file = /x/rules.yaml\n').shown).toContain(`# from ${at('glance-api.conf')}:2\npolicy_file = /x/rules.yaml\npolicy_dirs = policy.d\npolicy_default_rule = default\nenforce_scope = True\nenforce_new_defaults = True\n`);
  });
});
